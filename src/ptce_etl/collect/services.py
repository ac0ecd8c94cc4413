"""Questions to public services (who is this organisation, where is this commune), each answer a capture.

The archive gets what may be kept of an answer and nothing else: the whole one is never written, not even privately,
since the register of companies gives names and birth dates of officers, and its sole traders are persons. Bodies as
documented: https://recherche-entreprises.api.gouv.fr/docs/, https://data.geopf.fr/geocodage/openapi,
https://www.data.gouv.fr/dataservices/api-tabulaire-data-gouv-fr-beta/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from ptce_etl.catalogue.services import Service, ServiceKind
from ptce_etl.collect.archive import Archive
from ptce_etl.collect.fetch import FetchPolicy, fetch_address
from ptce_etl.collect.manners import Manners
from ptce_etl.collect.persons import scrubbed
from ptce_etl.collect.sniff import draft
from ptce_etl.errors import SourceChanged
from ptce_etl.model import RequestLog

__all__ = ["SHORT", "answers", "ask", "ess_url", "is_fresh", "kept_of", "point_url", "siren_url"]

# One question is a small thing: it is left for another run sooner than a source is.
SHORT = FetchPolicy(deadline=60.0, max_bytes=2_000_000, retries=2, retry_after_max=30.0)
_MOST = 25  # results that are kept of one answer, which is also the most that the register gives


def siren_url(service: Service, carrier: str, department: str) -> str:
    """The register of companies: an organisation by its name, in its department. Officers are not asked for."""
    asked = {"q": carrier, "departement": department, "minimal": "true", "include": "siege,complements"}
    return f"{service.url}?{urlencode(asked | {'page': 1, 'per_page': _MOST})}"


def point_url(service: Service, commune: str, code: str) -> str:
    """The geocoder: a commune by its name and its INSEE code."""
    asked = {"q": commune, "citycode": code, "type": "municipality", "limit": 5, "autocomplete": 0}
    return f"{service.url}?{urlencode(asked)}"


def ess_url(service: Service, siren: str) -> str:
    """The list of the ESS: rows of one SIREN, which stands there as a number, without the zeros before it."""
    return f"{service.url}?{urlencode({'SIREN__exact': siren.lstrip('0'), 'page_size': 20})}"


def answers(service: Service, archive: Archive, now: datetime) -> dict[str, RequestLog]:
    """The newest good retrieval up to ``now`` of each question that was ever asked, by its address."""
    found: dict[str, RequestLog] = {}
    for log in archive.good(service.service_id, now):
        found.setdefault(log.url, log)
    return found


def is_fresh(service: Service, log: RequestLog | None, now: datetime) -> bool:
    """Whether an answer is recent enough not to be asked for again."""
    return log is not None and log.requested_at > now - timedelta(days=service.fresh_days)


def ask(
    service: Service,
    url: str,
    archive: Archive,
    now: datetime,
    manners: Manners,
    previous: RequestLog | None = None,
    policy: FetchPolicy = SHORT,
) -> RequestLog:
    """Ask one question, keep what may be kept of the answer, log the outcome; the logged line is returned.

    Never raises for the service's failure; :class:`PublishError` when the archive cannot be used.
    """
    source = draft("json", url, {}).model_copy(update={"source_id": service.service_id})
    fetched = fetch_address(source, url, now, policy, None, manners, "application/json")
    log = replace(fetched.log, sha256=None, size=None)
    if fetched.body is not None:
        try:
            kept = kept_of(service.kind, fetched.body)
        except SourceChanged as error:
            log = replace(log, outcome="malformed", error=f"{service.service_id}: {error.what}")
        else:
            digest = hashlib.sha256(kept).hexdigest()
            same = previous is not None and previous.sha256 == digest
            log = replace(log, sha256=archive.put(kept), size=len(kept), outcome="unchanged" if same else "ok")
    archive.append(log)
    return log


def kept_of(kind: ServiceKind, body: bytes) -> bytes:
    """What is kept of an answer, as JSON: ``{"results": […], "total": n}``; equal answers give equal bytes.

    Raises :class:`SourceChanged` for an answer that is not the documented one.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SourceChanged("the answer is not JSON", do=_LOOK) from error
    key, row_of = _READ[kind]
    rows = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceChanged(f"the answer has no list {key!r} of objects", do=_LOOK)
    meta = answer.get("meta") if isinstance(answer.get("meta"), dict) else {}
    total = answer.get("total_results", meta.get("total"))
    results = [kept for row in rows[:_MOST] if (kept := row_of(row)) is not None]
    known = {"results": results, "total": total if type(total) is int else len(rows)}
    return json.dumps(known, ensure_ascii=True, sort_keys=True, allow_nan=False).encode()


_LOOK = "look at the service's documentation; mend src/ptce_etl/collect/services.py"


def _organisation(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """An organisation; None for a sole trader (legal category 1…), a person, and for one that is not to be shown."""
    category = str(row.get("nature_juridique") or "")
    if not category.isdigit() or category.startswith("1") or row.get("statut_diffusion") not in (None, "O"):
        return None
    seat, more = _object(row.get("siege")), _object(row.get("complements"))
    kept = {name: _short(row.get(name)) for name in ("siren", "nom_complet", "nom_raison_sociale", "sigle")}
    kept |= {"nature_juridique": category, "etat_administratif": _short(row.get("etat_administratif"))}
    kept |= {"code_commune": _short(seat.get("commune")), "departement": _short(seat.get("departement"))}
    est_ess = more.get("est_ess")
    return kept | {"rna": _short(more.get("identifiant_association")), "est_ess": est_ess is True}


def _place(row: Mapping[str, Any]) -> dict[str, Any] | None:
    said, point = _object(row.get("properties")), _object(row.get("geometry")).get("coordinates")
    if not isinstance(point, list) or len(point) != 2:
        return None
    longitude, latitude, score = (_number(value) for value in (*point, said.get("score")))
    if longitude is None or latitude is None or score is None or abs(longitude) > 180 or abs(latitude) > 90:
        return None
    kept: dict[str, Any] = {name: _short(said.get(name)) for name in ("label", "type", "citycode")}
    return kept | {"latitude": latitude, "longitude": longitude, "score": score}


def _member(row: Mapping[str, Any]) -> dict[str, Any] | None:
    siren = str(row.get("SIREN") or "").strip()
    return {"siren": siren.zfill(9), "family": _short(row.get("Famille juridique de l'entreprise"))} if siren else None


_READ: dict[ServiceKind, tuple[str, Callable[[Mapping[str, Any]], dict[str, Any] | None]]] = {
    "siren": ("results", _organisation),
    "coordinates": ("features", _place),
    "ess": ("data", _member),
}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _short(value: Any) -> str | None:
    return scrubbed(value[:300]) or None if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e6 else None  # NaN and infinities fail this too
