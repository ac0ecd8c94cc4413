"""Why a pair weighs what it weighs: the waterfall of its signals, as JSON, for all pairs at once."""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ptce_etl.resolve.decisions import Judgement
from ptce_etl.resolve.profiles import Profiles
from ptce_etl.resolve.ragged import Codes
from ptce_etl.resolve.scoring import HOW, SIGNALS, Scores

__all__ = ["waterfalls"]

_FIXED = {"page": "two names on one page", "site": "one names a site, the other does not"}
_PRIOR = "how rarely two listings name one pole"
_NONE = "—"


def waterfalls(p: Profiles, scores: Scores, said: dict[int, Judgement]) -> Any:
    """The reasons of each row of ``scores``: ``[[signal, values compared, bits], …]``, a person's word first.

    ``said``: by row, what a person said. An Arrow array of texts.
    """
    left, right = scores.pairs[:, 0], scores.pairs[:, 1]
    bits = np.round(scores.signals, 2) + 0.0  # no -0.0
    prior = np.round(scores.weight - scores.signals.sum(axis=1), 2)
    lines = [_judgements(len(left), said), _name(p, scores, bits[:, 0])]
    for column, signal in enumerate(SIGNALS[1:], start=1):
        rows = np.flatnonzero(bits[:, column])
        compared = _compared(p, signal, left[rows], right[rows])
        lines.append(
            _placed(_join(f', ["{signal}", "', compared, '", ', _numbers(bits[rows, column]), "]"), rows, left)
        )
    lines.append(_join(f', ["prior", {encode_basestring(_PRIOR)}, ', _numbers(prior), "]"))
    return _join("[", *lines, "]")


def _judgements(n: int, said: dict[int, Judgement]) -> Any:
    """The line of what a person said, with the comma behind it; empty where nobody did."""
    lines = [""] * n
    for row, one in said.items():
        text = encode_basestring(f"{one.judgement}: {one.why} ({one.who}, {one.when})")
        lines[row] = f'["judgement", {text}, 0.0], '
    return pa.array(lines, pa.large_string())


def _name(p: Profiles, scores: Scores, bits: np.ndarray) -> Any:
    keys = _quoted(p.texts.keys)
    how = pa.array([kind or "no name" for kind in HOW], pa.large_string()).take(pa.array(scores.how))
    sides = (_labels(keys, number) for number in (scores.left_text, scores.right_text))
    left, right = sides
    return _join('["name", "', left, " / ", right, " (", how, ')", ', _numbers(bits), "]")


def _compared(p: Profiles, signal: str, left: np.ndarray, right: np.ndarray) -> Any:
    """The values that a signal compared, by pair."""
    match signal:
        case "carrier":
            return _join(_carriers(p, left), " / ", _carriers(p, right))
        case "place":
            return _places(p, left, right)
        case "domain":
            return _both(p.domain, left, right)
        case "round":
            return _both(p.round, left, right)
        case _:
            return pa.array([_FIXED[signal]], pa.large_string()).take(_at(np.zeros(len(left), dtype=np.int64)))


def _carriers(p: Profiles, positions: np.ndarray) -> Any:
    rows, back = np.unique(positions, return_inverse=True)
    named = (", ".join(p.texts.keys[number] for number in p.carriers.row(row)) for row in rows.tolist())
    return _quoted([names or _NONE for names in named]).take(pa.array(back))


def _places(p: Profiles, left: np.ndarray, right: np.ndarray) -> Any:
    """The finest level that both sides know."""
    found = _both(p.region, left, right)
    for codes in (p.departement, p.commune):
        found = pc.if_else(pa.array(codes.known(left, right)), _both(codes, left, right), found)
    return found


def _both(codes: Codes, left: np.ndarray, right: np.ndarray) -> Any:
    labels = _quoted(codes.labels.tolist())
    return _join(_labels(labels, codes.numbers[left]), " / ", _labels(labels, codes.numbers[right]))


def _labels(labels: Any, numbers: np.ndarray) -> Any:
    """The labels of these numbers, a dash for -1."""
    return pc.fill_null(labels.take(_at(numbers)), _NONE)


def _at(numbers: np.ndarray) -> Any:
    """Places to take from, null for -1."""
    return pa.array(numbers, mask=numbers < 0)


def _quoted(texts: list[str]) -> Any:
    """Texts as they stand between the quotes of JSON."""
    return pa.array([encode_basestring(text)[1:-1] for text in texts], pa.large_string())


def _numbers(values: np.ndarray) -> Any:
    """Numbers of two decimals as JSON writes them."""
    distinct, back = np.unique(values, return_inverse=True)
    return pa.array([repr(value) for value in distinct.tolist()], pa.large_string()).take(_at(back))


def _placed(lines: Any, rows: np.ndarray, like: np.ndarray) -> Any:
    """``lines`` at their ``rows``, nothing at the others."""
    at = np.full(len(like), -1, dtype=np.int64)
    at[rows] = np.arange(len(rows))
    return pc.fill_null(lines.take(_at(at)), "")


def _join(*parts: Any) -> Any:
    """Texts put together, row by row; a part is an array or the same text for all."""
    cells = [pa.scalar(part, pa.large_string()) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*cells, pa.scalar("", pa.large_string()))
