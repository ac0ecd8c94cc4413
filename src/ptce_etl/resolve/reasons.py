"""Why a pair weighs what it weighs: the waterfall of its signals, as JSON."""

from __future__ import annotations

from functools import lru_cache
from json.encoder import encode_basestring

from ptce_etl.resolve.decisions import Judgement
from ptce_etl.resolve.profiles import Profiles
from ptce_etl.resolve.ragged import Codes
from ptce_etl.resolve.scoring import HOW, SIGNALS, Scores

__all__ = ["Waterfall"]

_NAME, _OTHERS = 0, SIGNALS[1:]
_FIXED = {"page": "two names on one page", "site": "one names a site, the other does not"}
_PRIOR = "how rarely two listings name one pole"


class Waterfall:
    """Tells the reasons of scored pairs: ``[[signal, values compared, bits], …]``, a person's word first."""

    def __init__(self, profiles: Profiles, scores: Scores) -> None:
        self.p = profiles
        self.pairs, self.signals, self.weight = scores.pairs.tolist(), scores.signals.tolist(), scores.weight.tolist()
        self.texts = list(zip(scores.left_text.tolist(), scores.right_text.tolist(), scores.how.tolist(), strict=True))
        self.quoted = lru_cache(maxsize=100_000)(encode_basestring)

    def tell(self, row: int, said: Judgement | None = None) -> str:
        """The reasons of one row of the scores."""
        i, j = self.pairs[row]
        signals = self.signals[row]
        lines = []
        if said is not None:
            lines.append(self._line("judgement", f"{said.judgement}: {said.why} ({said.who}, {said.when})", 0.0))
        left, right, how = self.texts[row]
        name = f"{self._text(left)} / {self._text(right)} ({HOW[how] or 'no name'})"
        lines.append(self._line("name", name, round(signals[_NAME], 2)))
        for signal, exact in zip(_OTHERS, signals[_NAME + 1 :], strict=True):
            if exact and (bits := round(exact, 2)):
                lines.append(self._line(signal, self._compared(signal, i, j), bits))
        lines.append(self._line("prior", _PRIOR, round(self.weight[row] - sum(signals), 2)))
        return f"[{', '.join(lines)}]"

    def _line(self, signal: str, compared: str, bits: float) -> str:
        return f'["{signal}", {self.quoted(compared)}, {bits!r}]'

    def _compared(self, signal: str, i: int, j: int) -> str:
        p = self.p
        match signal:
            case "carrier":
                return f"{self._carriers(i)} / {self._carriers(j)}"
            case "place":
                levels = (p.commune, p.departement, p.region)
                known = (codes for codes in levels if codes.numbers[i] >= 0 and codes.numbers[j] >= 0)
                return _both(next(known, p.region), i, j)
            case "domain":
                return _both(p.domain, i, j)
            case "round":
                return _both(p.round, i, j)
            case _:
                return _FIXED[signal]

    def _text(self, number: int) -> str:
        return self.p.texts.keys[number] if number >= 0 else "—"

    def _carriers(self, position: int) -> str:
        return ", ".join(self.p.texts.keys[number] for number in self.p.carriers.row(position)) or "—"


def _both(codes: Codes, i: int, j: int) -> str:
    return f"{codes.label(i) or '—'} / {codes.label(j) or '—'}"
