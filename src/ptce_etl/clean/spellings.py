"""Names and carriers in bulk: each distinct text is read once, and what it says is kept in columns.

A million listings have nearly as many spellings: columns of plain strings cost a third of what as many records would,
and go quickly from one process to another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from ptce_etl.clean.names import read_name
from ptce_etl.workers import begun

__all__ = ["Spellings", "names_being_read", "read_names"]

_WORTH_WORKERS = 50_000  # distinct texts that take as long as starting two processes


@dataclass(frozen=True, slots=True)
class Spellings:
    """What distinct texts say. ``number``: the place of each text in the lists.

    ``clean``, ``key`` as in :class:`~ptce_etl.clean.names.CleanName`; ``letters`` is ``compact(clean)``. Which brackets
    hold a place is not known here: ``inside`` says what stands in them, for the texts that have any; ``behind`` what
    stands behind "PTCE de …", for the texts that are nothing more; ``several`` the variants, where they are not just
    the key.
    """

    number: dict[str, int] = field(default_factory=dict)
    clean: list[str] = field(default_factory=list)
    key: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    several: dict[int, tuple[str, ...]] = field(default_factory=dict)
    inside: dict[int, tuple[str, ...]] = field(default_factory=dict)
    behind: dict[int, str] = field(default_factory=dict)

    def variants(self, number: int) -> tuple[str, ...]:
        """The keys of the whole and of each part, brackets too (as ``clean_name(text).variants``)."""
        found = self.several.get(number)
        if found is not None:
            return found
        key = self.key[number]
        return (key,) if key else ()

    def located(self, number: int) -> bool:
        """Only a territory is written (as ``clean_name(text).located``)."""
        return number in self.behind and number not in self.inside

    def place_hint(self, number: int, is_place: Callable[[str], bool]) -> str | None:
        """A place in brackets, or what stands behind "PTCE de …" (as ``clean_name(text, is_place).place_hint``)."""
        places = [text for text in self.inside.get(number, ()) if is_place(text)]
        return places[-1] if places else self.behind.get(number) or None


def read_names(texts: Iterable[str], workers: int | None = None) -> Spellings:
    """Read names and carriers, each distinct text once, in the order they are first met.

    Many are read on ``workers`` processes (see :func:`ptce_etl.workers.available`); the result is the same.
    """
    with names_being_read(texts, workers) as found:
        return found()


@contextmanager
def names_being_read(texts: Iterable[str], workers: int | None = None) -> Iterator[Callable[[], Spellings]]:
    """:func:`read_names` under way on other processes, where there are any; what it gives is called for the result."""
    number = {text: at for at, text in enumerate(dict.fromkeys(texts))}
    with begun(_read, list(number), least=_WORTH_WORKERS, workers=workers) as found:
        yield lambda: _joined(number, found())


def _joined(number: dict[str, int], parts: Iterable[Spellings]) -> Spellings:
    whole = Spellings(number)
    for part in parts:
        start = len(whole.key)
        for mine, theirs in ((whole.clean, part.clean), (whole.key, part.key), (whole.letters, part.letters)):
            mine.extend(theirs)
        whole.several.update((start + at, keys) for at, keys in part.several.items())
        whole.inside.update((start + at, held) for at, held in part.inside.items())
        whole.behind.update((start + at, place) for at, place in part.behind.items())
    return whole


def _read(texts: Sequence[str]) -> Spellings:
    """The columns of some texts, numbered from 0; ``number`` is left empty: the texts need not travel back."""
    part = Spellings()
    for at, text in enumerate(texts):
        clean, key, letters, variants, inside, behind, _ = read_name(text)
        part.clean.append(clean)
        part.key.append(key)
        part.letters.append(letters)
        if len(variants) > 1 or variants != (key,) * bool(key):
            part.several[at] = variants
        if inside:
            part.inside[at] = inside
        if behind is not None:
            part.behind[at] = behind
    return part
