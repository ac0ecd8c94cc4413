"""Groups: links followed strongest first, never across a veto."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.resolve.clustering import group


def test_a_chain_stops_at_a_veto() -> None:
    groups = group(4, [(0, 1), (1, 2), (2, 3)], [(0, 2)])
    assert groups.of == [0, 0, 2, 2]
    assert groups.refused == [(1, 2)]


def test_a_veto_holds_through_merges_of_both_sides() -> None:
    groups = group(6, [(0, 1), (2, 3), (1, 4), (3, 5), (4, 5)], [(0, 2)])
    assert groups.of == [0, 0, 2, 2, 0, 2]
    assert groups.refused == [(4, 5)]


def test_a_doubt_gives_way_to_more_links_but_not_to_one() -> None:
    assert group(4, [(0, 1), (2, 3), (1, 2)], [], [(0, 2), (0, 3)]).of == [0, 0, 2, 2]
    assert group(4, [(0, 1), (2, 3), (1, 2), (1, 3)], [], [(0, 2)]).of == [0, 0, 0, 0]


def test_what_a_person_joined_outweighs_a_veto_but_not_another_person() -> None:
    assert group(3, [(1, 2)], [(0, 2)], same=[(0, 1)]).of == [0, 0, 0]
    assert group(3, [(1, 2)], [(0, 1)], different=[(1, 2)]).of == [0, 1, 2]
    assert group(3, [], [(0, 1), (0, 2)], same=[(0, 1), (1, 2)]).of == [0, 0, 0]
    said = group(3, [], same=[(0, 1), (1, 2)], different=[(0, 2)])
    assert said.of == [0, 0, 2]
    assert said.refused == [(1, 2)]


_PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] != p[1]), max_size=25)


@given(_PAIRS, _PAIRS)
def test_no_vetoed_pair_ever_meets_and_every_link_is_followed_or_refused(
    links: list[tuple[int, int]], apart: list[tuple[int, int]]
) -> None:
    groups = group(10, links, apart)
    assert all(groups.of[a] != groups.of[b] for a, b in apart)
    assert all((groups.of[a] == groups.of[b]) != ((a, b) in groups.refused) for a, b in links)
    assert groups.of == [groups.of[root] for root in groups.of]
