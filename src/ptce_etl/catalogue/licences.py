"""Under which terms the rows of a source may be published again, and what must therefore stay apart.

The published tables are under the Licence Ouverte. A database under a licence that wants its derivatives to carry the
same licence (ODbL, CC BY-SA) cannot be merged into them: its rows are published in files of their own, and nothing
that is counted, matched or measured derives from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["LICENCES", "Licence", "LicenceId"]

LicenceId = Literal["facts", "lov2", "cc0", "odbl", "cc-by-sa-4.0", "unstated"]


@dataclass(frozen=True, slots=True)
class Licence:
    """``share_alike``: its rows stay apart. ``republish``: whether rows may be published at all."""

    title: str
    url: str | None
    share_alike: bool
    republish: bool


# `facts`: names, places and dates that a page states, with its address and no sentence of it (see
# data/raw/transcribed).
LICENCES: dict[LicenceId, Licence] = {
    "facts": Licence("Facts, with the address of the page that states them", None, False, True),
    "lov2": Licence("Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/", False, True),
    "cc0": Licence("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/", False, True),
    "odbl": Licence("ODbL 1.0", "https://opendatacommons.org/licenses/odbl/1-0/", True, True),
    "cc-by-sa-4.0": Licence("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/", True, True),
    "unstated": Licence("No licence stated: collected to be compared, not published again", None, True, False),
}
