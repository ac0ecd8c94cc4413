"""A file of a data.gouv.fr dataset: ``https://www.data.gouv.fr/api/1/datasets/{id}/``, the file in ``resource``.

The address of a file changes with each upload: its stable address (``latest``) is asked. ``resource`` is an id, or a
part of the title that fits one file only. An address of API v2 (``/api/2/datasets/resources/{id}/``) names one file
and needs none. The published checksum lags behind the file and is not compared; the licence of the dataset is
(``data_licence``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Platform, Table, json_of, licensed
from ptce_etl.collect.readers.delimited import rows_of_csv
from ptce_etl.collect.readers.json_paths import rows_of_json
from ptce_etl.collect.text import comparable
from ptce_etl.errors import SourceChanged, SourceRefused

__all__ = ["PLATFORMS"]

_LOOK = "look at the dataset on data.gouv.fr"


def _following(pages: Sequence[Page], source: Source) -> str | None:
    if len(pages) > 1:
        return None
    found = _resource(pages[0], source)
    for name in ("latest", "url"):
        address = found.get(name)
        if isinstance(address, str) and address.startswith(("https://", "http://")):
            return address
    raise SourceChanged("a file without an address", do=_LOOK)


def _resource(page: Page, source: Source) -> dict[str, Any]:
    answer: Any = json_of(page)
    if not isinstance(answer, dict):
        raise SourceChanged("not an answer of data.gouv.fr", do=_LOOK)
    if isinstance(answer.get("resource"), dict):
        return dict(answer["resource"])
    resources = answer.get("resources", answer.get("data"))
    if isinstance(answer.get("message"), str) and resources is None:
        raise SourceRefused(f"data.gouv.fr answers: {answer['message'][:200]}", do=_LOOK)
    if not isinstance(resources, list):
        raise SourceChanged("not a dataset of data.gouv.fr: no list of its files", do=_LOOK)
    if answer.get("deleted") or answer.get("archived"):
        raise SourceRefused("the dataset was deleted or archived by its producer", do=_LOOK)
    if "license" in answer:
        licensed(answer["license"], source)
    wanted = source.options.resource or ""
    files = [found for found in resources if isinstance(found, dict)]
    fits = [found for found in files if found.get("id") == wanted]
    fits = fits or [found for found in files if comparable(wanted) in comparable(str(found.get("title") or ""))]
    if len(fits) != 1:
        titles = ", ".join(repr(str(found.get("title"))[:60]) for found in files[:10])
        raise SourceChanged(f"{len(fits)} files fit {wanted!r}, one was expected; there are {titles}", do=_LOOK)
    return fits[0]


def _rows(pages: Sequence[Page], source: Source) -> Table:
    if len(pages) != 2:
        raise SourceChanged("a dataset and a file were expected", do="collect the source again")
    kind = str(_resource(pages[0], source).get("format") or "").lower()
    if kind in ("csv", "tsv", "txt"):
        return rows_of_csv(pages[1], source)
    if kind in ("json", "geojson"):
        return rows_of_json(pages[1], source.options.records)
    if kind == "xlsx":
        from ptce_etl.collect.readers.xlsx import rows_of_xlsx

        return rows_of_xlsx(pages[1], source)
    if kind == "ods":
        from ptce_etl.collect.readers.ods import rows_of_ods

        return rows_of_ods(pages[1], source)
    raise SourceChanged(f"a file of a kind that is not read: {kind[:40]!r}", do="choose another file of the dataset")


PLATFORMS = {
    "datagouv": Platform(
        _rows,
        following=_following,
        accept="application/json,*/*;q=0.5",
        hosts=("static.data.gouv.fr", "object.files.data.gouv.fr", "www.data.gouv.fr"),
        guarded=True,
    )
}
