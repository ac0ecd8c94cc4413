"""What machines read of a snapshot beside its tables, each file following from the others: no clock, no address.

==========================  =====================================================================
schemas/<table>/schema.json  Table Schema of an open table (:mod:`ptce_etl.publish.table_schema`)
datapackage.json             Data Package 2.0 (https://datapackage.org), every table in every format
dcat.jsonld                  DCAT-AP 3 for catalogues (https://semiceu.github.io/DCAT-AP/)
schema-org.jsonld            schema.org Dataset for search engines
CITATION.cff                 Citation File Format 1.2.0
==========================  =====================================================================

Addresses in the JSON-LD are relative to where the file is read from, so that they lead to the files beside it wherever
a snapshot is copied to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from ptce_etl.publish.about import (
    CREATOR,
    HOMEPAGE,
    KEYWORDS,
    LICENCE,
    LICENCE_TITLE,
    LICENCE_URL,
    NAME,
    TITLE,
    About,
    citation_line,
)
from ptce_etl.publish.formats import Format, format_of
from ptce_etl.publish.index import FileRecord, canonical_json
from ptce_etl.publish.table_schema import schema_path, table_schema
from ptce_etl.schema import TABLES

__all__ = ["describe"]

_EU = "http://publications.europa.eu/resource/authority/"
_DCAT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def describe(about: About) -> dict[str, bytes]:
    """The descriptions of a snapshot by file name; ``about.files`` lists its data files."""
    schemas = {schema_path(t): table_schema(t, about.schema_version) for t in TABLES.values() if t.csv}
    made = schemas | {
        "datapackage.json": _data_package(about),
        "dcat.jsonld": _dcat(about),
        "schema-org.jsonld": _schema_org(about),
    }
    return {name: canonical_json(value) for name, value in made.items()} | {"CITATION.cff": _citation(about)}


def _data(about: About) -> Iterator[tuple[str, FileRecord, Format]]:
    """Every data file with its record and format, in the order of their names."""
    for name, record in sorted(about.files.items()):
        found = format_of(name)
        if found is not None:
            yield name, record, found


def _data_package(about: About) -> dict[str, Any]:
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": NAME,
        "id": about.content_digest,
        "title": TITLE["fr"],
        "title_en": TITLE["en"],
        "description": about.description("fr"),
        "description_en": about.description("en"),
        "version": about.schema_version,
        "snapshot": about.snapshot_id,
        **({"homepage": HOMEPAGE} if HOMEPAGE else {}),
        "licenses": [{"name": LICENCE, "path": LICENCE_URL, "title": LICENCE_TITLE}],
        "contributors": [{"title": CREATOR, "roles": ["creator"]}],
        "keywords": list(KEYWORDS["fr"]),
        **({"sources": [_source(source) for source in about.sources]} if about.sources else {}),
        "resources": [_resource(name, record, one) for name, record, one in _data(about)],
    }


def _source(source: dict[str, Any]) -> dict[str, str]:
    url = str(source["url"])
    return {"title": f"{source['title']} ({source['publisher']})", **({"path": url} if "://" in url else {})}


def _resource(name: str, record: FileRecord, one: Format) -> dict[str, Any]:
    table = TABLES[one.files()[name][0]]
    described: dict[str, Any] = {
        "name": name.replace(".", "-").lower(),
        "path": name,
        "title": table.name if not one.together else TITLE["fr"],
        "description": table.fr if not one.together else one.fr,
        "format": one.suffix.rpartition(".")[2],
        "mediatype": one.media_type,
        "bytes": record["bytes"],
        "hash": f"sha256:{record['sha256']}",
    }
    if one.name == "csv":
        dialect = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True}
        described |= {"type": "table", "encoding": "utf-8", "dialect": dialect, "schema": schema_path(table)}
    return described


def _dcat(about: About) -> dict[str, Any]:
    return {
        "@context": _DCAT,
        "@id": "#dataset",
        "@type": "dcat:Dataset",
        "dct:identifier": about.snapshot_id,
        "dct:title": _texts(TITLE),
        "dct:description": _texts({language: about.description(language) for language in TITLE}),
        "dct:publisher": {"@id": "#publisher", "@type": "foaf:Agent", "foaf:name": CREATOR},
        "dct:license": {"@id": LICENCE_URL},
        "dct:language": [{"@id": f"{_EU}language/FRA"}, {"@id": f"{_EU}language/ENG"}],
        "dct:spatial": {"@id": f"{_EU}country/FRA"},
        "dct:accrualPeriodicity": {"@id": f"{_EU}frequency/WEEKLY"},
        "dct:bibliographicCitation": citation_line(about, "fr"),
        "dcat:theme": {"@id": f"{_EU}data-theme/SOCI"},
        "dcat:version": about.snapshot_id,
        "dcat:keyword": [{"@language": lang, "@value": word} for lang, words in KEYWORDS.items() for word in words],
        "dct:source": [{"@id": source["url"]} for source in about.sources if "://" in str(source["url"])],
        "dcat:distribution": [_distribution(name, record, one) for name, record, one in _data(about)],
    }


def _texts(by_language: dict[str, str]) -> list[dict[str, str]]:
    return [{"@language": language, "@value": text} for language, text in by_language.items()]


def _distribution(name: str, record: FileRecord, one: Format) -> dict[str, Any]:
    tables = one.files()[name]
    found: dict[str, Any] = {
        "@id": f"#{name}",
        "@type": "dcat:Distribution",
        "dct:title": name,
        "dct:description": _texts({"fr": one.fr, "en": one.en}),
        "dct:license": {"@id": LICENCE_URL},
        "dct:format": {"@id": f"{_EU}file-type/{one.eu}"},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{one.media_type}"},
        "dcat:accessURL": {"@id": name},
        "dcat:downloadURL": {"@id": name},
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(record["bytes"])},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": record["sha256"]},
        },
    }
    return found | ({"dct:conformsTo": {"@id": schema_path(TABLES[tables[0]])}} if one.name == "csv" else {})


def _schema_org(about: About) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": TITLE["fr"],
        "alternateName": TITLE["en"],
        "description": f"{about.description('fr')} {about.description('en')}",
        "identifier": about.snapshot_id,
        "version": about.snapshot_id,
        "inLanguage": ["fr", "en"],
        "isAccessibleForFree": True,
        "license": LICENCE_URL,
        "creator": {"@type": "Organization", "name": CREATOR},
        "keywords": [*KEYWORDS["fr"], *KEYWORDS["en"]],
        "spatialCoverage": {"@type": "Country", "name": "France"},
        "temporalCoverage": f"../{about.as_of.isoformat()}",
        "creditText": citation_line(about, "fr"),
        **({"url": HOMEPAGE} if HOMEPAGE else {}),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": name,
                "contentUrl": {"@id": name},
                "encodingFormat": one.media_type,
                "contentSize": f"{record['bytes']} B",
                "sha256": record["sha256"],
            }
            for name, record, one in _data(about)
        ],
    }


def _citation(about: About) -> bytes:
    """The snapshot as Citation File Format has it. It has no release date: nothing in a snapshot owes to the clock."""
    said = {
        "cff-version": "1.2.0",
        "message": "Citer la publication employée, par son identifiant. Cite the snapshot used, by its id.",
        "type": "dataset",
        "title": f"{TITLE['fr']}, publication {about.snapshot_id}",
        "abstract": f"{about.description('fr')}\n\n{about.description('en')}",
        "authors": [{"name": CREATOR}],
        "version": about.snapshot_id,
        "license": LICENCE,
        "keywords": list(KEYWORDS["fr"]),
        "identifiers": [
            {
                "type": "other",
                "value": f"sha256:{about.content_digest}",
                "description": "sha256 of what the tables say (content_digest of manifest.json)",
            }
        ],
    }
    text: str = yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=10_000)
    return text.encode()
