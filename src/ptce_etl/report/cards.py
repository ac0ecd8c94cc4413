"""The headline as a card: SVG, and the same as PNG (1200 × 630), with fonts of our own so that bytes do not move."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

from ptce_etl.report.environment import environment
from ptce_etl.report.material import Edition
from ptce_etl.report.pages.headline import headline
from ptce_etl.report.typography import Lang, polish

__all__ = ["alternative", "card_png", "card_svg"]

_FONTS = ("Inter-Regular.otf", "Inter-SemiBold.otf", "InterDisplay-Bold.otf")
_DIGIT = 124  # pixels that a digit of the large number takes
_LINE = 77  # signs of the sentence to a line


def alternative(edition: Edition, lang: Lang) -> str:
    """The card in words: its text alternative."""
    card = headline(edition, lang)
    said = (
        f"{card.count} {card.population} au {card.until} ; {card.counts}, soit {card.growth} {card.period}. "
        if lang == "fr"
        else f"{card.count} {card.population} as of {card.until}; {card.counts}, or {card.growth} {card.period}. "
    )
    return polish(said, lang) + " ".join(filter(None, (card.verdict, card.constant)))


def card_svg(edition: Edition, lang: Lang) -> str:
    """The card as SVG."""
    card = headline(edition, lang)
    what = (
        ("pôles de coopération économique", f"que l'on peut nommer au {card.until}", f"({card.interval})")
        if lang == "fr"
        else ("poles of economic cooperation", f"that can be named as of {card.until}", f"({card.interval})")
    )
    footer = (
        f"Situation au {card.until}. Chaque pôle renvoie à ses pages. Publication {edition.snapshot_id}."
        if lang == "fr"
        else f"As of {card.until}. Each pole leads to its pages. Snapshot {edition.snapshot_id}."
    )
    verdict = _lines(" ".join(filter(None, (card.verdict, card.constant, card.choices))), _LINE)
    return (
        environment(lang)
        .get_template("site/card.svg.j2")
        .render(
            card=card,
            alt=alternative(edition, lang),
            lines={"what": [polish(line, lang) for line in what], "verdict": verdict[:5]},
            what_x=58 + _DIGIT * len(card.count) + 34,
            footer=polish(footer, lang),
        )
    )


def card_png(svg: str) -> bytes:
    """The card as PNG. The system's fonts are not looked at: the same bytes on every machine of one kind."""
    import resvg_py  # here: `import ptce_etl.pipeline` should not wait for it

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            skip_system_fonts=True,
            font_files=list(_font_files()),
            font_family="Inter",
            sans_serif_family="Inter",
        )
    )


@cache
def _font_files() -> tuple[str, ...]:
    paths = []
    for name in _FONTS:
        with as_file(files("ptce_etl.report").joinpath("fonts", name)) as path:
            paths.append(str(path))
    return tuple(paths)


def _lines(text: str, most: int) -> list[str]:
    """``text`` cut at blanks into lines of at most ``most`` signs (a word that is longer has a line of its own)."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
