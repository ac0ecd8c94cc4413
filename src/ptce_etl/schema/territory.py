"""The three columns that say which territory a row is about."""

from __future__ import annotations

from ptce_etl.schema.types import column

__all__ = ["TERRITORY"]

# fmt: off
TERRITORY = (
    column("territory_level", "text", "france, region (today's), region_2015 (before the merger of 2016) or departement", "france, region (actuelle), region_2015 (d'avant la fusion de 2016) ou departement", required=True),
    column("territory_code", "text", "INSEE code (FR for France, inconnu where the place is not known)", "Code Insee (FR pour la France, inconnu si le lieu n'est pas connu)", required=True),
    column("territory", "text", "Name of the territory", "Nom du territoire", required=True),
)
