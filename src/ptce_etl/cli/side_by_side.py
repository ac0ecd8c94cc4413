"""A question in words: the two listings side by side, and what speaks for one pole or for two."""

from __future__ import annotations

import json
from typing import Any

from ptce_etl.cli.desk import Desk
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import bits, counted, cut
from ptce_etl.resolve.queue import Question
from ptce_etl.schema import SEPARATOR

__all__ = ["FACTS", "as_data", "chance", "facts", "in_words", "likely_reason", "moves_in_words", "show_question"]

Row = dict[str, Any]
_PRIOR, _JUDGED = "prior", "judgement"
_STRENGTHS = ((6.0, "strongly"), (3.0, "clearly"), (1.0, "somewhat"), (0.05, "hardly"))  # bits, from the most telling
_MOVES = {"poles": "all poles", "listed": "listed poles", "state_supported": "State-supported poles"}


FACTS = ("name", "carrier", "place", "date", "page", "address", "programme", "activity", "website", "said PTCE")


def facts(row: Row) -> dict[str, str]:
    """What a listing says, by the labels :data:`FACTS` (empty: it does not say)."""
    written = ", ".join(row[field] for field in ("commune", "department", "region") if row[field])
    code = row["code_commune_insee"] or row["code_departement"] or row["code_region"]
    page = ", ".join(filter(None, (row["publisher"], row["page_kind"], row["source_title"])))
    return {
        "name": row["name"],
        "carrier": row["carrier"] or "",
        "place": f"{written} (Insee {code})".strip() if code else written,
        "date": row["source_date"] or "",
        "page": page,
        "address": row["source_url"] or "",
        "programme": " ".join(filter(None, (row["role"], row["programme"]))),
        "activity": row["activity"] or "",
        "website": row["website"] or "",
        "said PTCE": "yes" if row["said_ptce"] else "no",
    }


def chance(probability: float) -> str:
    """``11 in 100``."""
    if not 0.01 <= probability <= 0.99:
        return "less than 1 in 100" if probability < 0.5 else "more than 99 in 100"
    return f"{100 * probability:.0f} in 100"


def _reasons(question: Question) -> list[Row]:
    """The waterfall: signal, compared, bits, and what that says in words."""
    return [
        {"signal": signal, "compared": compared, "bits": worth, "says": _says(signal, worth)}
        for signal, compared, worth in json.loads(question.reasons)
    ]


def _says(signal: str, worth: float) -> str:
    if signal in (_JUDGED, _PRIOR):
        return "a person's word" if signal == _JUDGED else "where every pair starts"
    strength = next((word for least, word in _STRENGTHS if abs(worth) >= least), None)
    if strength is None:
        return "says nothing"
    return f"{strength} for {'one pole' if worth > 0 else 'two poles'}"


def in_words(question: Question) -> str:
    """The waterfall in a paragraph."""
    said = []
    for reason in _reasons(question):
        worth = "" if reason["signal"] == _JUDGED else f", {bits(reason['bits'])}"
        if reason["signal"] != _PRIOR:
            said.append(f"{reason['signal']} {reason['says']} ({reason['compared']}{worth})")
    return f"{'; '.join(said)}; together {chance(question.probability)} that they are one pole"


def moves_in_words(question: Question) -> str:
    """The counts that are one lower if the two poles are one."""
    return ", ".join(_MOVES.get(name, name.replace("cohort:", "call round ")) for name in question.moves)


def likely_reason(desk: Desk, question: Question, judgement: str) -> str:
    """A reason to propose, from what both pages state; empty when they state nothing that tells."""
    if judgement == "unsure":
        return ""
    left, right = desk.listing(question.left), desk.listing(question.right)
    found = []
    for what, field, compared in (
        ("carrier", "carrier", "carrier_key"),
        ("commune", "commune", "code_commune_insee"),
        ("department", "department", "code_departement"),
        ("website", "website_domain", "website_domain"),
    ):
        one, two = left[compared], right[compared]
        if one and two and left[field] and right[field] and (one == two) == (judgement == "same"):
            found.append(
                f"same {what} ({left[field]})" if one == two else f"other {what} ({left[field]} / {right[field]})"
            )
    text = ", ".join(found)
    return text[:1].upper() + text[1:]


def as_data(desk: Desk, question: Question, number: int) -> Row:
    """A question as JSON holds it."""
    unsure = question.unsure
    return {
        "number": number,
        "left": question.left,
        "right": question.right,
        "poles": list(question.poles),
        "verdict": question.verdict,
        "weight": question.weight,
        "probability": question.probability,
        "usefulness": question.usefulness,
        "moves": list(question.moves),
        "pairs": question.n_pairs,
        "unsure": {"who": unsure.who, "when": unsure.when, "why": unsure.why} if unsure else None,
        "listings": [facts(desk.listing(listing)) for listing in (question.left, question.right)],
        "reasons": _reasons(question),
    }


def show_question(screen: Screen, desk: Desk, question: Question, title: str) -> None:
    """The two listings side by side, their poles, and the waterfall."""
    screen.heading(title)
    left, right = (facts(desk.listing(listing)) for listing in (question.left, question.right))
    poles = [_pole(desk.pole(pole)) for pole in question.poles]
    addresses = [said.pop("address") for said in (left, right)]
    rows = [(label, left[label], right[label]) for label in left if left[label] or right[label]]
    screen.table(
        ["=", f"listing {question.left}", f"listing {question.right}"],
        [(label, one or "–", two or "–") for label, one, two in [*rows, ("pole", *poles)]],
    )
    same = addresses[0] == addresses[1]
    screen.facts(
        [("both pages", addresses[0])] if same else list(zip(("left page", "right page"), addresses, strict=True))
    )
    screen.gap()
    screen.table(
        ["=", ">bits", "=", "compared"],
        [
            (r["signal"], "" if r["signal"] == _JUDGED else bits(r["bits"]), r["says"], r["compared"])
            for r in _reasons(question)
        ],
    )
    together = f"Together {bits(question.weight)} bits: {chance(question.probability)} that they are one pole."
    if question.verdict == "conflict":
        together += " Yet something keeps their poles apart (a list that names both, two places, or a person's word)."
    if question.n_pairs > 1:
        together += f" {counted(question.n_pairs, 'pair')} of listings ask the same; this one weighs most."
    screen.say(together, indent=2)
    screen.say(f"If they are one, these counts are one lower: {moves_in_words(question)}.", indent=2)
    if question.unsure:
        word = question.unsure
        screen.say(f"Unsure: {word.who}, {word.when}: {word.why or 'no reason given'}", indent=2)


def _pole(row: Row) -> str:
    named = f"{row['name']} ({row['pole_id']}, {counted(row['n_listings'], 'listing')})"
    return f"{named}; also {cut(row['aliases'].replace(SEPARATOR, ', '), 160)}" if row["aliases"] else named
