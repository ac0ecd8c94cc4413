"""Source → snapshot → indicator, as Prefect assets: which run made what, from what.

Prefect's open server keeps them as events of the run (its Event Feed); a graph of them is drawn by Prefect Cloud.
"""

from __future__ import annotations

from prefect.assets import Asset, AssetProperties

from ptce_etl.catalogue.registry import Source

__all__ = ["INDICATOR", "SNAPSHOT", "SOURCE", "source_asset"]

SOURCE = Asset(key="ptce://source")  # each task has that of its own source in its place

SNAPSHOT = Asset(
    key="ptce://snapshot",
    properties=AssetProperties(
        name="Snapshot", description="Every table of the observatory at a date, from the captures in force."
    ),
)
INDICATOR = Asset(
    key="ptce://indicator",
    properties=AssetProperties(name="Indicator", description="How many poles there are and how their number grew."),
)


def source_asset(source: Source) -> Asset:
    """The asset of a source: what its captures in the archive make known."""
    return Asset(
        key=f"ptce://source/{source.source_id}",
        properties=AssetProperties(name=source.title, url=source.url if source.is_remote else None),
    )
