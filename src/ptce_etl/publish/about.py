"""What every description of a snapshot says alike: its name, its licence, who made it, how to cite it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ptce_etl.publish.index import FileRecord

__all__ = [
    "CREATOR",
    "HOMEPAGE",
    "KEYWORDS",
    "LICENCE",
    "LICENCE_TITLE",
    "LICENCE_URL",
    "NAME",
    "TITLE",
    "About",
    "citation_line",
]

NAME = "ptce"
TITLE = {"fr": "Observatoire ouvert des PTCE", "en": "The open observatory of France's PTCE"}
CREATOR = "ptce-etl maintainers"
HOMEPAGE = ""  # address of the public repository, once there is one: it then goes into every description
LICENCE, LICENCE_TITLE = "etalab-2.0", "Licence Ouverte 2.0"
LICENCE_URL = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
KEYWORDS = {
    "fr": ("PTCE", "pôle territorial de coopération économique", "économie sociale et solidaire", "France"),
    "en": ("PTCE", "territorial clusters for economic cooperation", "social and solidarity economy", "France"),
}
_LINE = {
    "fr": "{title} ({creator}), publication {id}, situation au {day}, {poles}. {licence}. Contenu (sha256) : {digest}.",
    "en": "{title} ({creator}), snapshot {id}, as of {day}, {poles}. {licence}. Content (sha256): {digest}.",
}


@dataclass(frozen=True, slots=True)
class About:
    """One snapshot, as its files describe it. ``sources``: rows of its table ``sources`` (title, publisher, url …)."""

    snapshot_id: str
    as_of: date
    schema_version: str
    code_version: str
    content_digest: str
    files: dict[str, FileRecord]
    sources: tuple[dict[str, str], ...] = ()

    @property
    def poles(self) -> int | None:
        """Number of poles, where the snapshot has the table."""
        record = self.files.get("poles.parquet")
        return record["rows"] if record else None

    def description(self, language: str) -> str:
        """A paragraph on the data, in French or in English."""
        n = "" if self.poles is None else f"{self.poles} "
        if language == "fr":
            return (
                f"Les {n}pôles territoriaux de coopération économique (PTCE) que nomment les pages publiques lues, "
                f"situation au {self.as_of:%d/%m/%Y} : mentions, effectifs par population et territoire, indicateur de "
                "croissance, affirmations publiées et leur vérification. Ce n'est pas un registre officiel : il n'en "
                "existe pas."
            )
        return (
            f"The {n}territorial clusters for economic cooperation (PTCE) of France that the public pages read name, "
            f"as of {self.as_of.isoformat()}: listings, counts by population and territory, growth indicator, "
            "published claims and their verification. This is no official register: there is none."
        )


def citation_line(about: About, language: str) -> str:
    """How to cite a snapshot, in one line, in French ("fr") or English ("en")."""
    word = {"fr": "pôles", "en": "poles"}[language]
    return _LINE[language].format(
        title=TITLE[language],
        creator=CREATOR,
        id=about.snapshot_id,
        day=f"{about.as_of:%d/%m/%Y}" if language == "fr" else about.as_of.isoformat(),
        poles=f"{about.poles} {word}" if about.poles is not None else word,
        licence=LICENCE_TITLE,
        digest=about.content_digest,
    )
