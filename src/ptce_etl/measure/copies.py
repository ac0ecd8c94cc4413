"""Pages that are one voice: same publisher, same bytes, or rows repeated far more exactly than chance explains.

Capture-recapture wants lists made independently of each other. A page that repeats another adds nothing, and would make
the estimate too low: pages that one piece of evidence ties together are one voice, and the evidence is kept. Doubt ties
rather than separates: fewer voices only lead to an estimate being withheld.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from scipy.special import bdtrc

from ptce_etl.measure.pages import Page
from ptce_etl.measure.statuses import normalise
from ptce_etl.measure.undecided import groups
from ptce_etl.measure.wording import NBSP, Both, number

__all__ = ["ALIKE_SHARE", "CHANCE", "FEWEST_ALIKE", "Link", "Voice", "publishers_in", "tie", "voices_of"]

FEWEST_ALIKE = 3  # poles spelled alike
ALIKE_SHARE = 0.5  # … at least, of the poles of the shorter page
CHANCE = 0.001  # … when chance gives as many less often than this

# "(via studylibfr)", "(copie readkong de …)": where a copy lies, not who speaks.
_ASIDE = re.compile(r"\((?:[^()]*\b)?(?:via|copie|heberge|repris|archive|ancien|blog|debats|notice)\b[^()]*\)")
_COPY_OF = re.compile(r"^copie (?:du |de la |de l'|des |de )|\bsur domaine tiers\b")


@dataclass(frozen=True, slots=True)
class Link:
    """Why two pages (addresses) are one voice: ``code`` is same_publisher, same_bytes or same_rows."""

    code: str
    one: str
    two: str
    said: Both


@dataclass(frozen=True, slots=True)
class Voice:
    """Pages that count as one list, in order of address, and what ties them together."""

    pages: tuple[Page, ...]
    links: tuple[Link, ...]

    @property
    def publishers(self) -> tuple[str, ...]:
        """Who published its pages, as written."""
        return tuple(sorted({page.publisher for page in self.pages}))


def publishers_in(written: str) -> frozenset[str]:
    """The publishers that a publisher's field names: "Citego / Labo de l'ESS (copie doczz)" names two."""
    plain = _COPY_OF.sub(" ", _ASIDE.sub(" ", normalise(written)))
    return frozenset(" ".join(part.split()) for part in re.split(r"\s/\s|[()]", plain)) - {""}


def voices_of(pages: Sequence[Page]) -> tuple[Voice, ...]:
    """The voices that ``pages`` make up, in order of their first address."""
    return tie(pages, [*_publishers(pages), *_bytes(pages), *_rows(pages)])


def tie(pages: Sequence[Page], links: Iterable[Link]) -> tuple[Voice, ...]:
    """``pages`` as voices, those that ``links`` join taken together."""
    links = tuple(links)
    joined = groups((link.one, link.two) for link in links)
    members: dict[str, list[Page]] = defaultdict(list)
    for page in sorted(pages, key=lambda page: page.address):
        members[joined.get(page.address, page.address)].append(page)
    why: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        why[joined[link.one]].append(link)
    return tuple(Voice(tuple(members[root]), tuple(why[root])) for root in sorted(members))


def _publishers(pages: Sequence[Page]) -> Iterator[Link]:
    """Pages that name one publisher, each linked to the first of them."""
    first: dict[str, Page] = {}
    for page in pages:
        for name in sorted(publishers_in(page.publisher)):
            known = first.setdefault(name, page)
            if known is not page:
                yield Link(
                    "same_publisher",
                    known.address,
                    page.address,
                    (f"same publisher: {name}", f"même éditeur{NBSP}: {name}"),
                )


def _bytes(pages: Sequence[Page]) -> Iterator[Link]:
    """Pages read from the same place of the same bytes, which two sources or two addresses gave."""
    first: dict[tuple[str, int], Page] = {}
    for page in pages:
        others = {first.setdefault(record, page).address for record in sorted(page.records)} - {page.address}
        for other in sorted(others):
            yield Link("same_bytes", other, page.address, ("same bytes", "mêmes octets"))


def _rows(pages: Sequence[Page]) -> Iterator[Link]:
    """Pages of different publishers that name the same poles in the same spellings, far beyond chance.

    How often chance spells a pole alike is counted on all other pairs of pages of different publishers.
    """
    spelled = {page.address: page.spellings() for page in pages}
    whose = {page.address: publishers_in(page.publisher) for page in pages}
    naming: dict[str, list[str]] = defaultdict(list)
    for page in pages:
        for pole in spelled[page.address]:
            naming[pole].append(page.address)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    alike: dict[tuple[str, str], int] = defaultdict(int)
    for pole in sorted(naming):
        for one, two in combinations(naming[pole], 2):
            if not whose[one] & whose[two]:
                shared[one, two] += 1
                alike[one, two] += bool(spelled[one][pole] & spelled[two][pole])
    everywhere, often = sum(shared.values()), sum(alike.values())
    for pair in sorted(shared):
        sizes = sorted(len(spelled[address]) for address in pair)
        if alike[pair] < max(FEWEST_ALIKE, ALIKE_SHARE * sizes[0]):
            continue
        rate = (often - alike[pair] + 1) / (everywhere - shared[pair] + 2)
        by_spelling = float(bdtrc(alike[pair] - 1, shared[pair], rate))
        by_poles = _as_many(shared[pair], sizes[0], sizes[1], len(naming))
        if max(by_spelling, by_poles) < CHANCE:
            yield Link("same_rows", *pair, _said(alike[pair], shared[pair], sizes, rate, max(by_spelling, by_poles)))


def _as_many(shared: int, small: int, large: int, poles: int) -> float:
    """How often two pages that drew their poles at random would share so many (hypergeometric)."""
    ways = sum(comb(large, k) * comb(poles - large, small - k) for k in range(shared, small + 1))
    return ways / comb(poles, small)


def _said(alike: int, shared: int, sizes: Sequence[int], rate: float, chance: float) -> Both:
    often = number(100 * rate, 0)[0]
    return (
        f"same rows: {shared} poles in common (of {sizes[0]} and {sizes[1]}), {alike} of them spelled alike, where "
        f"chance spells {often}% alike (p = {chance:.0e})",
        f"mêmes lignes{NBSP}: {shared} pôles communs (sur {sizes[0]} et {sizes[1]}), dont {alike} écrits de même, "
        f"quand le hasard en écrit {often}{NBSP}% de même (p = {chance:.0e})",
    )
