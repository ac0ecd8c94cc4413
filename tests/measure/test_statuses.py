"""The words of a status, as pages really write them."""

from __future__ import annotations

from datetime import date

import pytest

from ptce_etl.measure.statuses import closes, stage_of, status_dates


@pytest.mark.parametrize(
    ("status", "days"),
    [
        ("reconnu PTCE en 2011", [date(2011, 12, 31)]),
        ("lauréat (retenu le 10 janvier 2014)", [date(2014, 1, 10)]),
        ("PTCE reconnu 10/01/2014", [date(2014, 1, 10)]),
        ("signataire charte PTCE sept. 2014", [date(2014, 9, 30)]),
        ("lauréat AAP 2013", []),  # the name of the call
        ("candidat AAP (non retenu 2013)", [date(2013, 12, 31)]),
        ("lauréat du premier appel à projets PTCE (2014)", [date(2014, 12, 31)]),
        ("PTCE en 2016; Lauréat national PTCE 2016", [date(2016, 12, 31), date(2016, 12, 31)]),
        ("lauréat phase 2 (100 000 €)", []),
        ("lauréat 31/02/2014", [date(2014, 12, 31)]),
        ("", []),
    ],
)
def test_dates(status: str, days: list[date]) -> None:
    assert status_dates(status) == days


@pytest.mark.parametrize(
    ("status", "role", "programme", "stage", "of_the_page"),
    [
        ("PTCE en émergence, lauréat", "laureate", "aap-2015", "emerging", True),
        ("en création", "", "", "emerging", True),
        ("lauréat phase 1", "laureate", "ami-2021-phase-1", "emerging", False),
        ("lauréat", "laureate", "ami-2021-phase-1", "emerging", False),
        ("candidat AAP (non retenu 2013)", "applicant", "aap-2015", "emerging", False),
        ("", "applicant", "aap-2013", "emerging", False),
        ("lauréat phase 2 (100 000 €)", "laureate", "ami-2021-phase-2", "past", False),
        ("PTCE Compagnon", "", "", "past", False),
        ("", "witness", "temoins-2012", "past", False),
        ("signataire charte PTCE sept. 2014", "", "", None, False),
    ],
)
def test_stage(status: str, role: str, programme: str, stage: str | None, of_the_page: bool) -> None:
    assert stage_of(status, role, programme) == (stage, of_the_page)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("liquidation", True),
        ("Dissoute en 2019", True),
        ("fermé", True),
        ("ferme\u0301", True),  # the same word, its accent apart
        ("ferme d'Anima", False),  # a farm
        ("évite la liquidation", False),
        ("sorti de liquidation", False),
        ("lauréat", False),
        ("", False),
    ],
)
def test_closing(status: str, expected: bool) -> None:
    assert closes(status) is expected
