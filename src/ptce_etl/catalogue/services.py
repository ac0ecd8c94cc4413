"""The services that enrichment may ask: who, where, and from which score on an answer is believed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ptce_etl.catalogue.entries import read_entries
from ptce_etl.catalogue.licences import LICENCES, LicenceId

__all__ = ["Service", "ServiceKind", "load_services"]

ServiceKind = Literal["siren", "coordinates", "ess"]
Text = Annotated[str, Field(min_length=1)]


class Service(BaseModel):
    """One service. ``threshold``: an answer is believed when its score (0 to 1) is above it.

    ``fresh_days``: an answer stands that long before the same question is asked again. ``licence_id``: only under one
    that lets rows be published again, and not share-alike, do answers come into a snapshot.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    service_id: str = Field(pattern=r"^[a-z][a-z0-9_]{1,63}$")
    kind: ServiceKind
    title: Text
    publisher: Text
    url: str = Field(pattern=r"^https?://[^\s?#]+$")
    licence: Text
    licence_id: LicenceId = "unstated"
    threshold: float = Field(gt=0, lt=1)
    fresh_days: int = Field(default=90, ge=0)

    @property
    def published(self) -> bool:
        """Whether what it says may stand in the published tables."""
        licence = LICENCES[self.licence_id]
        return licence.republish and not licence.share_alike


def load_services(path: Path | None = None) -> tuple[Service, ...]:
    """The services of ``path`` (default: the package's ``services.yml``), in the order of the file.

    Raises :class:`CatalogueError` when an entry does not hold or a ``service_id`` stands twice.
    """
    path = path or Path(__file__).with_name("services.yml")
    return read_entries(path, "services", "service_id", Service)
