"""``ptce review``: asks a person about the pairs that the matcher could not settle, one line a key, one line a reason.

Lines are read from stdin, so that a screen reader, a pipe and a keyboard do equally well. Every answer is on disk
before the next question is shown.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, TextIO

from rich.text import Text

from ptce_etl.cli.contradicting import say_contradictions, show_conflicts
from ptce_etl.cli.desk import Desk, Pen, open_desk, pen_of, plain_line
from ptce_etl.cli.handing import export_questions, import_answers
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.side_by_side import as_data, chance, likely_reason, show_question
from ptce_etl.cli.text import counted, cut, safe
from ptce_etl.errors import ConfigError, NoData
from ptce_etl.resolve.decisions import Judgement, Word
from ptce_etl.resolve.queue import Question

__all__ = ["review_command"]

_PROMPT = "s same · d different · u unsure · k skip · z undo · q quit (then Enter; a reason may follow the key)"
_LAST = "That was the last one: z undo · Enter to end"
_KEYS: dict[str, Word | Literal["skip", "undo", "quit"]] = {
    "s": "same", "d": "different", "u": "unsure", "k": "skip", "z": "undo", "q": "quit",
    "same": "same", "different": "different", "unsure": "unsure", "skip": "skip", "undo": "undo", "quit": "quit",
}  # fmt: skip


def review_command(
    screen: Screen, root: Path, now: datetime, *, who: str | None, again: bool, asked: Mapping[str, bool | Path | None]
) -> int:
    """``ptce review``: what one of the options ``asked`` says, or without any, the questions themselves."""
    chosen = [(option, given) for option, given in asked.items() if given]
    if len(chosen) > 1:
        names = " and ".join(option for option, _ in chosen)
        raise ConfigError(f"{names} at once", where="ptce review", do="one of them at a time")
    match chosen:
        case [("--list", _)]:
            return list_questions(screen, root, again=again)
        case [("--conflicts", _)]:
            return show_conflicts(screen, root)
        case [("--export", Path() as file)]:
            return export_questions(screen, root, file, again=again)
        case [("--import", Path() as file)]:
            return import_answers(screen, root, file, now, who=who)
        case [("--undo", _)]:
            return undo_last(screen, root, now, who=who)
    return review_pairs(screen, root, now, who=who, again=again)


def list_questions(screen: Screen, root: Path, *, again: bool) -> int:
    """``--list``: the questions in the order in which they would be asked."""
    desk = open_desk(root)
    waiting = desk.waiting(again=again)
    screen.emit(
        {
            "snapshot": desk.snapshot,
            "n": len(waiting),
            "unsure": _n_unsure(desk),
            "questions": [as_data(desk, question, n) for n, question in enumerate(waiting, start=1)],
        }
    )
    screen.heading(f"{counted(len(waiting), 'pair')} of poles to review in {desk.snapshot}, the most useful first")
    if waiting:
        screen.table(
            [">#", ">useful", "=verdict", "=chance of one pole", "one", "the other", "both are in"],
            [
                (
                    str(n),
                    f"{q.usefulness:.2f}",
                    "unsure" if q.unsure else q.verdict,
                    chance(q.probability),
                    *(f"{desk.name(x)} ({x})" for x in (q.left, q.right)),
                    ", ".join(name.removeprefix("cohort:") for name in q.moves),
                )
                for n, q in enumerate(waiting, start=1)
            ],
        )
    _hint_unsure(screen, desk, again)
    return 0


def _n_unsure(desk: Desk) -> int:
    return sum(question.unsure is not None for question in desk.waiting(again=True))


def _hint_unsure(screen: Screen, desk: Desk, again: bool) -> None:
    unsure = _n_unsure(desk)
    if unsure and not again:
        screen.say(f"Somebody was unsure about {counted(unsure, 'more pair', 'more pairs')}: --again asks them too.")


def undo_last(screen: Screen, root: Path, now: datetime, *, who: str | None) -> int:
    """``--undo``: take back the last judgement that the signer has in force, whenever it was given."""
    desk, pen = open_desk(root), pen_of(who, now)
    mine = {id(word) for word in desk.said.values() if word.who == pen.who}
    last = next((word for word in reversed(desk.judgements) if id(word) in mine), None)
    if last is None:
        raise NoData(f"no judgement of {pen.who} to take back", where=str(desk.paths.judgements), do="see --who")
    desk = desk.keep([_withdrawal(pen, last)])
    screen.emit({"withdrawn": {"left": last.left, "right": last.right, "judgement": last.judgement, "why": last.why}})
    screen.say(f"Taken back: {desk.told(last)}. The line stays in the file, and one that withdraws it follows.")
    screen.say("`ptce run` makes it count.")
    return 0


def _withdrawal(pen: Pen, word: Judgement) -> Judgement:
    return pen.write((word.left, word.right), "withdrawn", f"undone: {word.judgement}, {word.why}".rstrip(", "))


def review_pairs(screen: Screen, root: Path, now: datetime, *, who: str | None, again: bool) -> int:
    """Ask until nothing waits, the answers end, or the person quits."""
    if screen.as_json:
        raise ConfigError("questions are asked in words", where="--json", do="add --list, --conflicts or --undo")
    desk = open_desk(root)
    session = _Session(screen, desk, pen_of(who, now), again, sys.stdin or io.StringIO())
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # plain_line() refuses what could not be read
    try:
        session.ask()
    except KeyboardInterrupt:
        screen.tell(f"\n{counted(session.kept, 'answer')} kept")
        raise
    session.close(len(desk.contradictions()))
    return 0


@dataclass
class _Session:
    screen: Screen
    desk: Desk
    pen: Pen
    again: bool
    answers: TextIO
    past: list[tuple[Question, Judgement | None]] = field(default_factory=list)  # None: skipped
    number: int = 0

    @property
    def kept(self) -> int:
        return sum(word is not None for _, word in self.past)

    def ask(self) -> None:
        back: Question | None = None  # asked again after an undo, before the queue goes on
        try:
            while True:
                seen = {question.poles for question, _ in self.past}
                waiting = [one for one in self.desk.waiting(again=self.again) if one.poles not in seen]
                question = back or next(iter(waiting), None)
                if question is not None:
                    self.number += 1
                    left = counted(len(waiting), "pair waits", "pairs wait")
                    show_question(self.screen, self.desk, question, f"Question {self.number}, {left}")
                    back = self._answer(question)
                elif self.past and _KEYS.get(self._read(_LAST).strip().lower()) == "undo":
                    back = self._undo()
                else:
                    return
        except EOFError:
            return

    def _answer(self, question: Question) -> Question | None:
        """Take one answer; the question to go back to after an undo. Raises :class:`EOFError` to stop."""
        while True:
            line = self._read(_PROMPT)
            key, _, rest = line.strip().partition(" ")
            match _KEYS.get(key.lower()):
                case "quit":
                    raise EOFError
                case "skip":
                    self.past.append((question, None))
                    self.screen.say("Skipped for now.")
                    return None
                case "undo" if self.past:
                    return self._undo()
                case "undo":
                    self.screen.tell("Nothing to undo in this session; `ptce review --undo` takes back earlier words.")
                case "same" | "different" | "unsure" as word:
                    reason = self._reason(question, word, rest)
                    if reason is not None:
                        self._keep(question, word, reason)
                        return None
                case _:
                    self.screen.tell(f"{cut(line.strip(), 40)!r} is no key" if line.strip() else "A key, please.")

    def _reason(self, question: Question, word: Word, given: str) -> str | None:
        """The reason given after the key, or asked for; None to choose another key."""
        proposed = likely_reason(self.desk, question, word)
        hint = f"Enter: {proposed}" if proposed else "Enter: none" if word == "unsure" else "a line, required"
        text = given.strip()
        while True:
            if text:
                try:
                    return plain_line(text)
                except ValueError as error:
                    self.screen.tell(f"This reason cannot be kept: {error}")
            text = self._read(f"{word}: why? ({hint}; z goes back)").strip()
            if text.lower() == "z":
                return None
            if not text and (proposed or word == "unsure"):
                return proposed

    def _keep(self, question: Question, word: Word, reason: str) -> None:
        judgement = self.pen.write((question.left, question.right), word, reason)
        self.desk = self.desk.keep([judgement])
        self.past.append((question, judgement))
        self.screen.say(f"Kept: {self.desk.told(judgement)}, signed {self.pen.who}.")

    def _undo(self) -> Question:
        question, judgement = self.past.pop()
        if judgement is not None:
            self.desk = self.desk.keep([_withdrawal(self.pen, judgement)])
            self.screen.say(f"Taken back: {self.desk.told(judgement)}.")
        return question

    def _read(self, prompt: str) -> str:
        """A line of the answers. Everything said so far is out before it is waited for."""
        sys.stdout.flush()
        self.screen.err.print(Text(f"{safe(prompt)}\n> "), end="", soft_wrap=True)
        line = self.answers.readline()
        if not (line and self.answers.isatty()):
            self.screen.tell(line.rstrip("\r\n"))  # a terminal has shown it already
        if not line:
            raise EOFError
        return line

    def close(self, contradictions_before: int) -> None:
        words = [word.judgement for _, word in self.past if word is not None]
        told = ", ".join(f"{words.count(kind)} {kind}" for kind in ("same", "different", "unsure") if kind in words)
        waiting = len(self.desk.waiting())
        self.screen.heading(f"{counted(len(words), 'answer')} kept" + (f": {told}" if told else ""))
        self.screen.say(
            "Nothing waits any more." if not waiting else f"{counted(waiting, 'pair waits', 'pairs wait')}."
        )
        _hint_unsure(self.screen, self.desk, self.again)
        if words:
            self.screen.line(f"In {self.desk.paths.judgements}; `ptce run` makes them count.")
        say_contradictions(self.screen, self.desk, contradictions_before)
