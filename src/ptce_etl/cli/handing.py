"""``ptce review --export`` and ``--import``: the questions handed out as a sheet to fill in, and the answers back."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from ptce_etl.clean.names import fold
from ptce_etl.cli.contradicting import say_contradictions
from ptce_etl.cli.desk import Desk, Pen, open_desk, pen_of, plain_line
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.sheet import read_sheet, sheet_bytes, sheet_kind
from ptce_etl.cli.side_by_side import FACTS, facts, in_words, moves_in_words
from ptce_etl.cli.text import counted, cut, safe
from ptce_etl.errors import ConfigError, DecisionError
from ptce_etl.publish.files import replace_file
from ptce_etl.resolve.decisions import Judgement, Word
from ptce_etl.resolve.queue import Question

__all__ = ["export_questions", "import_answers"]

_SIDES = ("left", "right")
_CHOICES: tuple[Word, ...] = ("same", "different", "unsure")
_WORDS: dict[str, Word] = {
    **{word: word for word in _CHOICES},
    **{word[0]: word for word in _CHOICES},
    "meme": "same",
    "incertain": "unsure",
}
_COLUMNS = (
    "usefulness", "verdict", "probability", "counts_that_move", *_SIDES,
    *(f"{side}_{fact.replace(' ', '_').lower()}" for fact in FACTS for side in _SIDES),
    "reasons", "judgement", "why",
)  # fmt: skip
_SHOWN = 40


def export_questions(screen: Screen, root: Path, file: Path, *, again: bool) -> int:
    """Write the questions to ``file``. What is there already is never overwritten: it may hold somebody's answers."""
    kind = sheet_kind(file)
    if file.exists():
        raise ConfigError(f"{file.name} is there already", where=str(file), do="give another name, or remove it first")
    desk = open_desk(root)
    rows = [_row(desk, question) for question in desk.waiting(again=again)]
    replace_file(file, sheet_bytes(kind, rows, _COLUMNS, text_only=_SIDES, choices={"judgement": _CHOICES}))
    screen.emit({"snapshot": desk.snapshot, "n": len(rows), "file": str(file)})
    screen.say(f"{counted(len(rows), 'pair')} of poles to review in {desk.snapshot}, the most useful first:")
    screen.line(f"  {file}")
    screen.say(f"Fill in judgement ({', '.join(_CHOICES)}) and why, then: ptce review --import FILE --who NAME")
    return 0


def _row(desk: Desk, question: Question) -> dict[str, str]:
    row = dict.fromkeys(_COLUMNS, "") | {
        "usefulness": f"{question.usefulness:.4f}",
        "verdict": "unsure" if question.unsure else question.verdict,
        "probability": f"{question.probability:.4f}",
        "counts_that_move": moves_in_words(question),
        "reasons": in_words(question),
    }
    for side, listing in zip(_SIDES, (question.left, question.right), strict=True):
        said = facts(desk.listing(listing))
        row |= {side: listing} | {f"{side}_{fact.replace(' ', '_').lower()}": said[fact] for fact in FACTS}
    return row


def import_answers(screen: Screen, root: Path, file: Path, now: datetime, *, who: str | None) -> int:
    """Append what a filled sheet says, once every row of it holds; else say which rows do not, and append nothing."""
    sheet_kind(file)
    desk, pen = open_desk(root), pen_of(who, now)
    answers = _Answers(desk, pen)
    for number, row in read_sheet(file, (*_SIDES, "judgement", "why"), text_only=_SIDES):
        try:
            answers.take(number, row)
        except ValueError as error:
            answers.bad.append((number, str(error)))
    if answers.bad:
        _refuse(screen, file, answers.bad)
    before, known = desk.said, len(desk.contradictions())
    stands = {pair: pair in before and before[pair].judgement == word.judgement for pair, word in answers.found.items()}
    new = [word for pair, word in answers.found.items() if not stands[pair]]
    desk = desk.keep(new)
    answer = {
        "file": str(file),
        "appended": [asdict(word) for word in new],
        "in_force_already": [asdict(before[pair]) for pair, same in stands.items() if same],
        "replaced": [asdict(before[pair]) for pair, same in stands.items() if not same and pair in before],
        "rows_without_judgement": answers.empty,
    }
    screen.emit(answer)
    screen.heading(f"{counted(len(new), 'judgement')} kept, signed {pen.who}")
    for word in new:
        screen.say(desk.told(word), indent=2)
        earlier = before.get((word.left, word.right))
        if earlier:
            screen.say(f"in place of {earlier.judgement} ({earlier.who}, {earlier.when}: {earlier.why})", indent=4)
    for pair in (pair for pair, same in stands.items() if same):
        screen.say(f"In force already: {desk.told(before[pair])}, {before[pair].who}, {before[pair].when}", indent=2)
    if answers.empty:
        screen.say(f"{counted(answers.empty, 'row')} without a judgement")
    if new:
        screen.line(f"In {desk.paths.judgements}; `ptce run` makes them count.")
    say_contradictions(screen, desk, known)
    return 0


def _refuse(screen: Screen, file: Path, bad: list[tuple[int, str]]) -> None:
    screen.emit({"file": str(file), "appended": [], "bad": [{"row": number, "why": why} for number, why in bad]})
    for number, why in bad[:_SHOWN]:
        screen.tell(f"row {number}: {why}")
    if len(bad) > _SHOWN:
        screen.tell(f"… and {len(bad) - _SHOWN:,} more: --json has them all")
    rows = ", ".join(str(number) for number, _ in bad[:10]) + (" …" if len(bad) > 10 else "")
    raise DecisionError(
        f"{counted(len(bad), 'row')} cannot be taken; nothing was written",
        where=f"{file}, row {rows} (the header is row 1)",
        do="mend them and import again, or empty their judgement and why",
    )


@dataclass
class _Answers:
    """The judgements of a sheet, each pair once."""

    desk: Desk
    pen: Pen
    found: dict[tuple[str, str], Judgement] = field(default_factory=dict)
    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    bad: list[tuple[int, str]] = field(default_factory=list)
    empty: int = 0

    def __post_init__(self) -> None:
        self.by_cell = {safe(listing): listing for listing in self.desk.pole_of}

    def take(self, number: int, row: dict[str, str]) -> None:
        """One row of the sheet. Raises :class:`ValueError` with what is wrong about it."""
        if not row["judgement"]:
            if row["why"]:
                raise ValueError("a reason without a judgement")
            self.empty += 1
            return
        word = _WORDS.get(fold(row["judgement"]))
        if word is None:
            raise ValueError(f"{cut(row['judgement'], 40)!r} is not same, different or unsure")
        why = plain_line(row["why"])
        if not why and word != "unsure":
            raise ValueError(f"{word} needs a reason: why is empty")
        left, right = (self._listing(row, side) for side in _SIDES)
        if left == right:
            raise ValueError("left and right are one listing")
        judgement = self.pen.write((left, right), word, why)
        pair = (judgement.left, judgement.right)
        if pair in self.found and self.found[pair].judgement != word:
            raise ValueError(f"row {self.rows[pair]} says {self.found[pair].judgement} about the same pair")
        self.found.setdefault(pair, judgement)
        self.rows.setdefault(pair, number)

    def _listing(self, row: dict[str, str], side: str) -> str:
        cell = row[side]
        listing = self.by_cell.get(cell) or self.by_cell.get(cell.removeprefix("'"))
        if listing is None:
            hint = "; did the spreadsheet read it as a number?" if re.fullmatch(r"[\d.,eE+]+", cell) else ""
            raise ValueError(f"{side} {cut(cell, 40)!r} is no listing of {self.desk.snapshot}{hint}")
        written = row.get(f"{side}_name")
        name = safe(self.desk.name(listing))
        if written and _bare(written) != _bare(name):
            raise ValueError(
                f"{listing} is called {cut(name, 60)!r}, not {cut(written, 60)!r}: was a column sorted by itself?"
            )
        return listing


def _bare(text: str) -> str:
    """A name without what spreadsheets may change: spaces, and an apostrophe in front."""
    return " ".join(text.split()).lstrip("'")
