"""No breaking change of the published tables goes out under a number that does not say so."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from itertools import pairwise

import pytest

from ptce_etl.schema import TABLES, VERSION
from ptce_etl.schema.compat import Contract, changes, contract, contract_text, history, problems

NOW = contract(TABLES, VERSION)
Edit = Callable[[Contract], object]


def edited(edit: Edit, old: str, new: str) -> tuple[Contract, Contract]:
    before, after = copy.deepcopy(NOW), copy.deepcopy(NOW)
    before["version"], after["version"] = old, new
    edit(after)
    return before, after


def pole(found: Contract, name: str) -> dict[str, object]:
    return next(dict_ for dict_ in found["tables"]["poles"]["columns"] if dict_["name"] == name)  # type: ignore[return-value]


BREAKING: dict[str, Edit] = {
    "table values is removed": lambda c: c["tables"].pop("values"),
    "poles.siren is removed": lambda c: c["tables"]["poles"]["columns"].remove(pole(c, "siren")),  # type: ignore[arg-type]
    "poles.latitude: float is now text": lambda c: pole(c, "latitude").update(kind="text"),
    "poles.siren: now required": lambda c: pole(c, "siren").update(required=True),
    "poles.name: may now be missing": lambda c: pole(c, "name").update(required=False),
    "poles.latitude: its unit ° is now rad": lambda c: pole(c, "latitude").update(unit="rad"),
    "poles.region: no longer public": lambda c: pole(c, "region").update(public=False),
    "poles: its key ['pole_id'] is now ['pole_id', 'name']": lambda c: c["tables"]["poles"]["key"].append("name"),
    "counts: no longer in formats besides Parquet": lambda c: c["tables"]["counts"].update(open=False),
    "poles: its columns stand in another order": lambda c: c["tables"]["poles"]["columns"].reverse(),
}
ADDING: dict[str, Edit] = {
    "poles.colour is added": lambda c: c["tables"]["poles"]["columns"].append(
        {"name": "colour", "kind": "text", "required": False, "unit": "", "public": True}
    ),
    "table towns is added": lambda c: c["tables"].update(towns={"key": ["a"], "open": False, "columns": []}),
    "values: in formats besides Parquet": lambda c: c["tables"]["values"].update(open=True),
    "edges.reasons: text is now int": lambda c: c["tables"]["edges"]["columns"][6].update(kind="int"),
}


@pytest.mark.parametrize("what", BREAKING)
def test_what_breaks_readers_asks_for_a_major_version(what: str) -> None:
    for old, new, fits in [
        ("1.2.3", "1.2.3", False), ("1.2.3", "1.2.4", False), ("1.2.3", "1.3.0", False), ("1.2.3", "2.0.0", True),
        ("0.2.3", "0.2.4", False), ("0.2.3", "0.3.0", True), ("0.2.3", "1.0.0", True), ("0.2.3", "0.1.0", False),
    ]:  # fmt: skip
        before, after = edited(BREAKING[what], old, new)
        assert [(c.what, c.breaking) for c in changes(before, after)] == [(what, True)]
        found = problems(before, after)
        assert (found == []) is fits, (old, new)
        assert fits or what in found[0] or "below" in found[0]


@pytest.mark.parametrize("what", ADDING)
def test_what_adds_asks_for_a_minor_version(what: str) -> None:
    for old, new, fits in [
        ("1.2.3", "1.2.3", False), ("1.2.3", "1.2.4", False), ("1.2.3", "1.3.0", True), ("1.2.3", "2.0.0", True),
        ("0.2.3", "0.2.3", False), ("0.2.3", "0.2.4", True),
    ]:  # fmt: skip
        before, after = edited(ADDING[what], old, new)
        assert [(c.what, c.breaking) for c in changes(before, after)] == [(what, False)]
        assert (problems(before, after) == []) is fits, (old, new)


def test_a_rename_is_a_removal() -> None:
    before, after = edited(lambda c: pole(c, "siren").update(name="siret"), "1.0.0", "1.1.0")
    assert [c.what for c in changes(before, after)] == ["poles.siren is removed", "poles.siret is added"]
    assert problems(before, after) == ["poles.siren is removed: breaks readers of 1.0.0, so 1.1.0 is too low"]


def test_words_are_no_part_of_the_contract() -> None:
    assert problems(*edited(lambda c: None, "1.0.0", "1.0.0")) == []
    assert problems(*edited(lambda c: None, "1.0.0", "1.0.1")) == []


def test_the_code_is_the_contract_of_its_version() -> None:
    """Change the tables: give the next VERSION and run ``make docs``. A recorded contract never changes."""
    recorded = {one["version"]: one for one in history()}
    assert VERSION in recorded, "make docs"
    assert problems(recorded[VERSION], NOW) == [], "give the next VERSION, then make docs"
    assert recorded[VERSION] == NOW
    assert history()[-1]["version"] == VERSION


def test_every_version_followed_the_rule() -> None:
    assert [found for old, new in pairwise(history()) for found in problems(old, new)] == []
    assert len(history()) >= 2


def test_a_contract_is_written_as_it_is_read() -> None:
    assert json.loads(contract_text(NOW)) == NOW
    assert max(len(line) for line in contract_text(NOW).splitlines()) < 130
