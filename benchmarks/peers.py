"""Other ways to deduplicate the same listings, each run as a process of its own. Needs nothing of `ptce_etl`.

    python benchmarks/peers.py METHOD listings.csv groups.npz [--model FILE]
    python benchmarks/peers.py regression-train listings.csv FILE --labels labels.csv      (or dedupe-train)

``groups.npz`` holds ``thresholds`` (one text each) and ``groups`` (int64, one row a threshold, one column a listing in
the order of the file). Several thresholds are written so that the best can be chosen in hindsight, to the method's
advantage; their clustering is part of the time measured.
"""

from __future__ import annotations

import argparse
import csv
import functools
import re
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

__all__ = ["METHODS", "Groups", "clusters", "components", "prepared"]

Groups = dict[str, NDArray[np.int64]]  # threshold -> group of each row
TRAINED = ("regression", "dedupe")
METHODS = ("exact", "fuzzy", "regression", "splink", "splink-business", "recordlinkage", "dedupe")
REFERENCE = Path(__file__).resolve().parents[1] / "src/ptce_etl/reference"
_PTCE = re.compile(
    r"\b(ptce|p t c e|pole (territorial )?de cooperation( (territorial|economique|et))*|projet|emergent)\b"
)
_ARTICLE = re.compile(r"^((le|la|les|l|du|de|des|d) )+(?=.)")
_FORM = re.compile(
    r"\b(association|scic|scop|sarl|sas|sa|cae|cooperative|groupe|societe|collectif|et partenaires)\b|;.*$"
)
_SPLIT = re.compile(r"[^a-z0-9]+")
_NUMBER = re.compile(r"\b(97\d|\d\d|2a|2b)\b")


def main() -> int:
    parser = argparse.ArgumentParser(description="Deduplicate listings with another tool.")
    parser.add_argument("method", choices=[*METHODS, *(f"{method}-train" for method in TRAINED)])
    parser.add_argument("listings", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--labels", type=Path)
    given = parser.parse_args()
    frame = prepared(given.listings)
    match given.method:
        case "exact":
            found = {"equal": pd.factorize(frame["name"])[0]}
        case "fuzzy":
            from benchmarks.peers_names import fuzzy

            found = fuzzy(frame)
        case "regression":
            from benchmarks.peers_regression import predict

            found = predict(frame, given.model)
        case "regression-train":
            from benchmarks.peers_regression import train

            train(frame, given.labels, given.out)
            return 0
        case "dedupe-train":
            from benchmarks.peers_dedupe import train as learn

            learn(frame, given.labels, given.out)
            return 0
        case "splink" | "splink-business":
            from benchmarks.peers_splink import link

            found = link(frame, business=given.method == "splink-business")
        case "recordlinkage":
            from benchmarks.peers_recordlinkage import link as ecm

            found = ecm(frame)
        case "dedupe":
            from benchmarks.peers_dedupe import link as active

            found = active(frame, given.model)
    np.savez(given.out, thresholds=np.array(list(found)), groups=np.stack(list(found.values())).astype(np.int64))
    return 0


def prepared(listings: Path) -> pd.DataFrame:
    """The columns every method compares, cleaned alike. An empty cell is ``""``.

    ``name`` and ``carrier`` without case, accents, PTCE words, articles in front and legal forms; ``commune`` likewise;
    ``department`` and ``region`` as codes of today, read from names and numbers with the same reference files that
    `ptce` uses, the region also from the department; ``domain``; ``programme``; ``page``.
    """
    raw = pd.read_csv(listings, dtype=str, keep_default_na=False)
    departments, regions = _zones()

    def each(column: str, read: functools.partial[str] | object) -> pd.Series:
        codes, values = pd.factorize(raw[column])
        return pd.Series(np.array([read(v) for v in values], dtype=object)[codes])  # type: ignore[operator]

    frame = pd.DataFrame({"unique_id": np.arange(len(raw))})
    frame["name"] = each("name", _name)
    frame["carrier"] = each("carrier", lambda text: _words(_FORM.sub(" ", _key(text))))
    frame["commune"] = each("commune", lambda text: re.sub(r"\b(\d+|st|ste)\b", _saint, _key(text)).strip())
    frame["department"] = each("department", lambda text: _department(_key(text), departments))
    own = each("region", lambda text: regions.get(_key(text), _key(text)))
    frame["region"] = own.where(own != "", frame["department"].map(lambda code: departments.get(code, "")))
    frame["domain"] = each("website", lambda text: re.sub(r"^(https?://)?(www\.)?", "", text.lower()).split("/")[0])
    frame["programme"] = raw["programme"]
    frame["page"] = raw["source_url"]
    return frame


def clusters(pairs: NDArray[np.int64], scores: NDArray[np.float64], n: int, at: Sequence[float]) -> Groups:
    """Connected components of the pairs (k x 2 row numbers) that score at least each threshold."""
    return {f"{limit:g}": components(pairs[scores >= limit], n) for limit in at}


def components(pairs: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Group number of each of ``n`` rows."""
    graph = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _key(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.lower())
    return _SPLIT.sub(" ", "".join(c for c in spread if not unicodedata.combining(c))).strip()


def _words(text: str) -> str:
    return _ARTICLE.sub("", " ".join(text.split()))


def _name(text: str) -> str:
    key = _key(text)
    return _words(_ARTICLE.sub("", _words(_PTCE.sub(" ", key)))) or key


def _saint(found: re.Match[str]) -> str:
    return {"st": "saint", "ste": "sainte"}.get(found[0], "")


def _department(key: str, departments: dict[str, str]) -> str:
    if found := _NUMBER.search(key):
        return found[0].upper()
    return departments.get(f"name {key}", key)


def _zones() -> tuple[dict[str, str], dict[str, str]]:
    """Region code by department code, department code by "name " + key; region code by key, today's and 2015's."""
    departments: dict[str, str] = {}
    for row in _rows("departements.csv"):
        departments[row["code"]] = row["code_region"]
        departments[f"name {_key(row['name'])}"] = row["code"]
    regions = {_key(row["name"]): row["code_region"] for row in _rows("regions_2015.csv")}
    regions |= {_key(row["spelling"]): row["code"] for row in _rows("zones.csv") if row["kind"] == "region"}
    regions |= {_key(row["name"]): row["code"] for row in _rows("regions.csv")}
    return departments, regions


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


if __name__ == "__main__":
    sys.exit(main())
