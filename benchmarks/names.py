"""Names of made-up poles and carriers: the kinds of names that the ledger shows, put together from words and places."""

from __future__ import annotations

import itertools
import random
import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks import words
from benchmarks.french import bare, noun, of, title, with_article, within
from ptce_etl.clean.geography import Geography, Town

__all__ = ["Bag", "Namer", "Names", "Places"]

# Shares of the ledger's names, by eye: 110 names. The first two kinds are made of few words: their namesakes grow
# with the number of poles.
KINDS = {"poetic": 17, "slogan": 10, "themed": 28, "coined": 26, "acronym": 10, "place": 9}
BARE = 0.03  # poetic names of one noun: "Le Damier"
OWN_NAME = 0.25  # carriers called as their pole: "association Ardaines"
_SMALL = frozenset("de du des d la le les l en et à au aux sur sous pour un une dans the".split())


class Bag:
    """Items drawn with weights that fall as one over their rank to ``power``."""

    def __init__(self, items: Sequence[str], power: float = 0.6) -> None:
        self.items = items
        self.ends = list(itertools.accumulate((rank + 1) ** -power for rank in range(len(items))))

    def pick(self, rng: random.Random) -> str:
        return self.items[bisect(self.ends, rng.random() * self.ends[-1])]


@dataclass(slots=True)
class Names:
    """What a pole is called: its usual name, and others with the share of mentions that use them."""

    main: str
    others: list[tuple[float, str]] = field(default_factory=list)
    acronym: bool = False


class Places:
    """Towns, drawn with weights that grow with their people, and what a country around a town is called."""

    def __init__(self, geo: Geography) -> None:
        self.towns = [t for t in geo.towns.values() if t.departement < "975"]
        self.ends = list(itertools.accumulate(max(town.population, 50.0) ** 0.6 for town in self.towns))
        self.near: dict[str, list[Town]] = {}
        self.country: dict[str, list[str]] = {}
        for town in self.towns:
            self.near.setdefault(town.departement, []).append(town)
            if found := re.search(r"-(sur|en)-(?!Mer$)([A-ZÉ]\w+)$", town.name):
                kind = "le val" if found[1] == "sur" else "le pays"
                self.country.setdefault(town.departement, []).append(f"{kind} {of(found[2])}")
        self.departements: dict[str, str] = geo.departements["name"].to_dict()
        self.regions: dict[str, str] = geo.regions["name"].to_dict()

    def town(self, rng: random.Random) -> Town:
        return self.towns[bisect(self.ends, rng.random() * self.ends[-1])]

    def around(self, rng: random.Random, town: Town) -> str:
        """A country around a town, with its article: "le pays de Saugues", "le Grand Figeac", "le val d'Allier"."""
        draw = rng.random()
        if draw < 0.36:
            return f"le pays {of(town.name)}"
        if draw < 0.46:
            return f"le Grand {noun(town.name)}"
        if draw < 0.66 and town.departement in self.country:
            return rng.choice(self.country[town.departement])
        if draw < 0.74:
            return f"le bassin {of(town.name)}"
        if draw < 0.80:
            return f"la vallée {of(town.name)}"
        if draw < 0.92:
            return with_article(self.departements[town.departement])
        return with_article(self.regions[town.region])


class Namer:
    """Draws names. One for each run: it remembers which towns already have a pole that is called after them."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.claimed: set[str] = set()
        self.kinds = Bag(tuple(KINDS), 0)
        self.kinds.ends = list(itertools.accumulate(KINDS.values()))
        self.heads, self.themes, self.nouns = Bag(words.HEADS), Bag(words.THEMES), Bag(words.NOUNS, 0.4)
        self.complements, self.abstract = Bag(words.COMPLEMENTS, 0.4), Bag(words.ABSTRACT, 0.4)
        self.slogans, self.surnames = Bag(words.SLOGANS, 0.3), Bag(words.SURNAMES, 0.3)
        self.stems, self.endings = Bag(words.STEMS, 0.2), Bag(words.ENDINGS, 0.2)

    def pole(self, rng: random.Random, town: Town) -> Names:
        match self.kinds.pick(rng):
            case "poetic":
                names = self._poetic(rng, town)
            case "slogan":
                names = self._slogan(rng, town)
            case "themed":
                names = self._themed(rng, town)
            case "acronym":
                names = self._acronym(rng, town)
            case "place" if town.code not in self.claimed:
                names = self._place(rng, town)
            case _:
                names = self._coined(rng, town)
        if town.code not in self.claimed and rng.random() < 0.15:
            self.claimed.add(town.code)
            names.others.append((0.05, f"PTCE {of(town.name)}"))
        return names

    def carrier(self, rng: random.Random, town: Town, names: Names) -> tuple[str, str]:
        """The carrier's name and its legal form."""
        draw = rng.random()
        if OWN_NAME <= draw < 0.50:
            named = rng.choice(words.CARRIER_TOWNS).format(of=of(town.name), name=town.name)
            return named, "" if named[0] in "cvC" else "association"
        form = rng.choice(words.FORMS)
        return (names.main if draw < OWN_NAME else self._carrier(rng, town, draw)), form

    def _carrier(self, rng: random.Random, town: Town, draw: float) -> str:
        if draw < 0.68:
            return self.coin(rng, town)
        if draw < 0.86:
            head = title(rng.choice(words.CARRIER_HEADS))
            tail = rng.random()
            if tail < 0.5:
                return f"{head} {of(self.complements.pick(rng))}"
            return f"{head} {self.person(rng)}" if tail < 0.7 else f"{head} {of(town.name)}"
        return f"{title(self.nouns.pick(rng))} {of(self.complements.pick(rng))}"

    def person(self, rng: random.Random) -> str:
        """A first name and a surname, or a surname."""
        last = self.surnames.pick(rng).title()
        return f"{rng.choice(words.FIRST_NAMES).title()} {last}" if rng.random() < 0.6 else last

    def coin(self, rng: random.Random, town: Town) -> str:
        """A coined word: a stem of a theme or of the town and an ending, or syllables."""
        draw = rng.random()
        if draw < 0.30:
            made = "".join(rng.choice(words.SYLLABLES) for _ in range(rng.choice((2, 3, 3, 3, 4))))
            return made.upper() if len(made) < 6 and rng.random() < 0.4 else made.capitalize()
        if draw < 0.55:
            parts = [part for part in re.split(r"[-' ]", noun(town.name)) if part not in {"Saint", "Sainte"}]
            start = parts[0].capitalize()
            start = start[: rng.choice((4, 5, 6, 12))]
        else:
            start = self.stems.pick(rng).capitalize()
        end = self.endings.pick(rng)
        shape = rng.random()
        if shape < 0.45:
            return start + end
        if shape < 0.65:
            return start + end.capitalize()
        return f"{start}'{end.capitalize()}" if shape < 0.85 else f"{start} {end.capitalize()}"

    def _poetic(self, rng: random.Random, town: Town) -> Names:
        head = title(self.nouns.pick(rng))
        draw = rng.random()
        if draw < BARE:
            return Names(head, [(0.08, f"{head} {of(town.name)}")])
        if draw < 0.40:
            return Names(f"{head} {of(self.complements.pick(rng))}", [(0.04, head)])
        if draw < 0.66:
            return Names(f"{head} {self.person(rng)}", [(0.04, head)])
        if draw < 0.72:
            plural = "s" if head.startswith("Les ") else ""
            return Names(f"{head} {rng.choice(words.ADJECTIVES)}{plural}")
        return Names(f"{head} {of(self.places.around(rng, town))}", [(0.05, head)])

    def _slogan(self, rng: random.Random, town: Town) -> Names:
        around = self.places.around(rng, town)
        parts = {
            "a": self.abstract.pick(rng),
            "b": self.abstract.pick(rng),
            "t": of(self.themes.pick(rng)),
            "n": town.name,
            "d": self.places.departements[town.departement],
            "p": within(around) if rng.random() < 0.7 else of(around),
        }
        text = self.slogans.pick(rng).format(**parts)
        return Names(text[:1].upper() + text[1:])

    def _themed(self, rng: random.Random, town: Town) -> Names:
        head, theme = self.heads.pick(rng), self.themes.pick(rng)
        middle = f"{title(head)} {noun(theme) if rng.random() < 0.5 else of(theme)}"
        draw = rng.random()
        if draw < 0.04:
            return Names(middle)
        if draw < 0.40:
            return Names(f"{middle} {of(town.name)}", [(0.06, middle)])
        around = self.places.around(rng, town)
        link = within(around) if rng.random() < 0.3 else of(around)
        return Names(f"{middle} {link}", [(0.05, middle), (0.04, f"{noun(theme)} {link}")])

    def _coined(self, rng: random.Random, town: Town) -> Names:
        made = self.coin(rng, town)
        draw = rng.random()
        if draw < 0.50:
            return Names(made)
        if draw < 0.75:
            return Names(f"{made} {noun(self.themes.pick(rng))}", [(0.2, made)])
        return Names(f"{made} {town.name}", [(0.25, made)])

    def _place(self, rng: random.Random, town: Town) -> Names:
        self.claimed.add(town.code)
        draw = rng.random()
        around = f"le pays {of(town.name)}" if draw < 0.4 else f"le Grand {noun(town.name)}" if draw < 0.6 else ""
        if not around:
            other = rng.choice(self.places.near[town.departement]).name
            around = rng.choice((f"{town.name} {other}", f"l'agglomération {of(town.name)}", f"{town.name} Terres"))
        return Names(f"PTCE {of(around)}", [(0.25, f"PTCE {of(town.name)}"), (0.1, title(noun(around)))])

    def _acronym(self, rng: random.Random, town: Town) -> Names:
        head, around = self.heads.pick(rng), self.places.around(rng, town)
        text = f"{noun(head).capitalize()} {of(self.themes.pick(rng))} "
        if rng.random() < 0.6:
            text += f"et {of(self.themes.pick(rng))} "
        if rng.random() < 0.6:
            text += of(around)
        text = text.strip()
        initials = "".join(word[0] for word in bare(text).split() if word not in _SMALL).upper()
        while len(initials) < 3:
            initials += rng.choice("ABCDEILMNOPRST")
        short = initials + (f" {town.departement}" if rng.random() < 0.15 else "")
        others = [(0.14, f"{text} ({short})"), (0.10, f"{short} - {text}"), (0.06, f"{short} ({text})"), (0.12, text)]
        return Names(short, others, acronym=True)
