"""uMap: a whole map at ``…/map/{id}/download/``, or its settings at ``…/map/{id}/geojson/`` and then each layer.

A map's licence may be unset. Names and descriptions are free text with wiki marks. The columns are the properties of
the features, ``layer`` (its name), and ``lon`` and ``lat`` of points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Platform, Table, flat, json_of, licensed, records_of, table_of
from ptce_etl.errors import SourceChanged

__all__ = ["PLATFORMS"]

_MARKS = re.compile(r"\[\[(?:[^\[\]|]{0,2000}\|)?([^\[\]|]{0,2000})\]\]|\{\{[^{}]{0,2000}\}\}|\*\*|^#+ ?", re.M)
_SETTINGS = re.compile(r"^(?P<site>/[a-z-]{2,7})?/map/(?:[^/]+_)?(?P<id>\d+)/geojson/?$")


def _following(pages: Sequence[Page], source: Source) -> str | None:
    parts = urlsplit(pages[0].url)
    settings = _SETTINGS.match(parts.path)
    if not settings:
        return None
    layers = [layer for layer in _layers(pages[0]) if _wanted(_name(layer), source)]
    if len(pages) > len(layers):
        return None
    number = layers[len(pages) - 1].get("id")
    if not re.fullmatch(r"[0-9a-f-]{1,40}", str(number)):
        raise SourceChanged(f"a layer whose id is none: {number!r:.60}", do="look at the capture")
    return f"{parts.scheme}://{parts.netloc}{settings['site'] or '/fr'}/datalayer/{settings['id']}/{number}/"


def _rows(pages: Sequence[Page], source: Source) -> Table:
    whole = json_of(pages[0])
    if not isinstance(whole, dict):
        raise SourceChanged("not a map of uMap", do="look at the capture")
    properties = whole.get("properties")
    if isinstance(properties, dict):
        licence = properties.get("licence")
        licensed(" ".join(map(str, licence.values())) if isinstance(licence, dict) else licence, source)
    layers = records_of(whole, "layers") if "layers" in whole else [json_of(page) for page in pages[1:]]
    return table_of(row for layer in layers for row in _features(layer, source))


def _features(layer: Any, source: Source) -> Iterator[dict[str, str]]:
    if not isinstance(layer, dict):
        raise SourceChanged("a layer that is no collection", do="look at the capture")
    name = _name(layer)
    if not _wanted(name, source):
        return
    for feature in records_of(layer, "features"):
        cells = flat(feature.get("properties") or {}) if isinstance(feature, dict) else flat(feature)
        row = {key: _MARKS.sub(lambda found: found[1] or "", text) for key, text in cells.items()}
        row["layer"] = name
        geometry = feature.get("geometry")
        if isinstance(geometry, dict) and geometry.get("type") == "Point":
            place = geometry.get("coordinates")
            if isinstance(place, list) and len(place) >= 2:
                row["lon"], row["lat"] = str(place[0])[:40], str(place[1])[:40]
        yield row


def _layers(page: Page) -> list[dict[str, Any]]:
    found = records_of(json_of(page), "properties.datalayers")
    if not all(isinstance(layer, dict) for layer in found):
        raise SourceChanged("layers that are no layers", do="look at the capture")
    return found


def _name(layer: dict[str, Any]) -> str:
    for place in ("_umap_options", "properties"):
        options = layer.get(place)
        if isinstance(options, dict) and options.get("name"):
            return str(options["name"])[:200]
    return ""


def _wanted(name: str, source: Source) -> bool:
    return not source.options.layers or name in source.options.layers


PLATFORMS = {
    "umap": Platform(
        _rows, following=_following, accept="application/json", own=("layer", "lon", "lat", "_umap_options*")
    )
}
