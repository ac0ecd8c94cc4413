"""A growth with all that is said beside it: interval, constant sources, coverage, whether it compares one thing."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_etl.errors import ConfigError
from ptce_etl.measure.census import Census
from ptce_etl.measure.compare import Comparison, End, compare
from ptce_etl.measure.coverage import Published
from ptce_etl.measure.populations import POPULATIONS, population_of
from ptce_etl.measure.reasons import RULES, joined
from ptce_etl.measure.territories import Territory, find_territory, read_places

SINCE, UNTIL = date(2014, 12, 31), date(2016, 12, 31)
PLACES = {"a": "69", "b": "01", "c": "75", "d": None}


def census(make: SimpleNamespace, *rows: dict[str, object], pairs: tuple[tuple[str, str], ...] = ()) -> Census:
    return Census(make.world(make.listings(*rows)), read_places(make.poles(PLACES)), pairs)


def growth_of(one: Census, name: str = "listed", since: date = SINCE, until: date = UNTIL) -> Comparison:
    population = population_of(name, one.world.rounds)
    return compare(End(one, population, since), End(one, population, until))


def codes(found: Comparison) -> list[str]:
    return [one.code for one in found.reasons]


def test_constant_sources_keep_publishers_with_a_dated_page_before(make: SimpleNamespace) -> None:
    one = census(
        make,
        {"pole": "a", "on": "2013", "publisher": "Old"},
        {"pole": "b", "on": "2016", "publisher": "OLD"},
        {"pole": "c", "on": "2016", "publisher": "New"},
        {"pole": "d", "publisher": "Old"},
    )
    found = growth_of(one, until=make.held)
    assert found.target.members == {"a", "b", "c", "d"}
    assert found.constant == ({"a"}, {"a", "b"})
    assert found.constant_growth is not None and found.constant_growth.pct == 100


def test_before_the_first_evidence_a_base_is_missing_and_not_nil(make: SimpleNamespace) -> None:
    one = census(make, {"pole": "a", "on": "2013"}, {"pole": "b", "on": "2015"})
    missing = growth_of(one, since=date(2010, 1, 1))
    assert (missing.growth.change, missing.growth.pct, missing.growth.why_null) == (None, None, "base_missing")
    assert codes(missing)[0] == "base_missing" and "base_zero" not in codes(missing)
    assert not missing.comparable
    assert "2013-12-31" in missing.reasons[0].said[0]
    nil = growth_of(one, "state_supported", date(2013, 12, 31))
    assert (nil.growth.change, nil.growth.why_null, codes(nil)) == (0, "base_zero", ["base_zero"])


def test_a_cohort_before_its_results_is_missing(make: SimpleNamespace) -> None:
    one = census(make, {"pole": "a", "on": "2012", "programme": "aap-2013", "role": "applicant"})
    assert growth_of(one, "cohort:aap-2013", date(2013, 12, 31)).growth.why_null == "base_missing"
    assert growth_of(one, "cohort:aap-2013", date(2014, 1, 10)).growth.why_null == "base_zero"


def test_two_different_things_are_refused_unless_asked_for(make: SimpleNamespace) -> None:
    one = census(make, {"pole": "a", "on": "2013"}, {"pole": "b", "on": "2015"})
    listed, active = (population_of(name, one.world.rounds) for name in ("listed", "active"))
    base = End(one, listed, SINCE)
    for target, code in (
        (End(one, active, UNTIL), "other_population"),
        (End(one, listed, UNTIL, Territory("departement", "69", "Rhône")), "other_territory"),
    ):
        with pytest.raises(ConfigError, match="not one growth") as error:
            compare(base, target)
        assert error.value.where == code
        found = compare(base, target, anyway=True)
        assert not found.comparable
        assert codes(found) == [code]
        assert (found.moves, found.interval, found.constant) == (None, None, None)
        assert found.growth.change is not None
    rounds = [population_of(f"cohort:{name}", one.world.rounds) for name in ("aap-2013", "aap-2015")]
    other = compare(End(one, rounds[0], SINCE), End(one, rounds[1], UNTIL), anyway=True)
    assert codes(other) == ["other_programme"]


def test_a_period_must_go_forward(make: SimpleNamespace) -> None:
    one = census(make, {"pole": "a", "on": "2013"})
    for until in (SINCE, date(2013, 12, 31)):
        with pytest.raises(ConfigError, match="must end after it starts"):
            growth_of(one, until=until)


def test_what_stands_against_a_growth_is_told_in_two_languages(make: SimpleNamespace) -> None:
    one = census(make, {"pole": "a", "on": "2013"}, {"pole": "b", "on": "2016"})
    one.published = {"aap-2015": Published(14, ("c1",))}
    found = growth_of(one)
    assert codes(found) == ["rounds_unseen", "mostly_discovered", "small_base"]
    assert joined(found.reasons, "en") == (
        "rounds_unseen: 0 of the 14 laureates of the period are named | mostly_discovered: 1 of the poles that entered "
        "are first read of in the period, with nothing that says they opened in it | small_base: 1 pole at the start; "
        "read the counts, not the %"
    )
    french = joined(found.reasons, "fr")
    assert french is not None
    assert french.startswith("rounds_unseen\u00a0: 0 des 14 lauréats de la période sont nommés | mostly_discovered")
    assert french.endswith("small_base\u00a0: 1 pôle au début\u202f; lire les effectifs, non le %")


def test_a_fall_of_the_active_that_only_fall_silent_is_no_fall(make: SimpleNamespace) -> None:
    one = census(make, *({"pole": pole, "on": "2014"} for pole in "abc"), {"pole": "a", "on": "2019"})
    found = growth_of(one, "active", UNTIL, date(2020, 12, 31))
    assert (len(found.base.members), len(found.target.members)) == (3, 1)
    assert codes(found) == ["mostly_unnamed", "small_base"]
    assert not found.comparable


def test_every_rule_is_told_in_two_languages() -> None:
    for rule in RULES.values():
        for english, french in (rule.rule, rule.said):
            assert english and french and english != french
            assert not english.endswith(".") and not french.endswith(".")


def test_a_pair_widens_the_growth_of_the_territory_that_holds_it(make: SimpleNamespace) -> None:
    rows = [{"pole": pole, "on": on} for pole, on in (("a", "2013"), ("b", "2013"), ("c", "2016"))]
    one = census(make, *rows, pairs=(("a", "b"),))
    listed = population_of("listed", one.world.rounds)
    for name, interval in (
        ("France", (50.0, 100.0)),
        ("Auvergne-Rhône-Alpes", (0.0, 0.0)),
        ("Rhône-Alpes", (0.0, 0.0)),
        ("Rhône", (0.0, 0.0)),
        ("Outre-mer", (None, None)),
    ):
        place = find_territory(name)
        found = compare(End(one, listed, SINCE, place), End(one, listed, UNTIL, place))
        assert found.interval is not None
        assert (found.interval.low, found.interval.high) == interval, name
    region = find_territory("Auvergne-Rhône-Alpes")
    assert End(one, listed, UNTIL, region).low == 1


@settings(max_examples=25)
@given(st.data(), st.sampled_from([None, "known", "backcast"]))
def test_identities(make: SimpleNamespace, data: st.DataObject, basis: str | None) -> None:
    """Between two states of the evidence, any populations and any dates."""
    where = data.draw(make.where)
    ends = []
    for day in (SINCE, UNTIL):
        world = make.world(make.listings(*data.draw(make.rows)))
        pairs = tuple(sorted(data.draw(st.frozensets(st.sampled_from([("p0", "p1"), ("p1", "p2"), ("p3", "p4")])))))
        ends.append((Census(world, read_places(make.poles(where)), pairs), day))
    ends = data.draw(st.sampled_from([ends, [ends[0], (ends[0][0], ends[1][1])]]))
    population = data.draw(st.sampled_from(POPULATIONS))
    place = find_territory(data.draw(st.sampled_from(["France", "Rhône-Alpes", "Rhône", "Outre-mer", "La Réunion"])))
    base, target = (End(one, population, day, place, basis) for one, day in ends)
    found = compare(base, target)
    assert found.moves is not None and found.interval is not None and found.constant is not None
    assert len(target.members) == len(base.members) + found.moves.net
    if found.growth.pct is not None and found.interval.low is not None and found.interval.high is not None:
        assert found.growth.change == found.moves.net
        assert found.interval.low - 1e-9 <= found.growth.pct <= found.interval.high + 1e-9
    for end, constant in zip((base, target), found.constant, strict=True):
        assert end.low <= len(end.members)
        if population.name != "emerging":  # less evidence may hide that a pole has passed a stage
            closing = {item.pole_id for item in end.census.world.evidence if item.closes}
            assert constant - closing <= end.members
    assert found.comparable == (not any(RULES[code].blocks for code in codes(found)))
