"""From the name of a reader in the catalogue to the module that knows it, imported when it is used."""

from __future__ import annotations

from importlib import import_module

from ptce_etl.catalogue.options import ReaderName
from ptce_etl.collect.readers.base import Platform
from ptce_etl.errors import ConfigError

__all__ = ["platform_of"]

_MODULES: dict[ReaderName, str] = {
    "csv": "delimited",
    "xlsx": "xlsx",
    "ods": "ods",
    "json": "json_paths",
    "datagouv": "datagouv",
    "tabular_api": "tabular_api",
    "opendatasoft_records": "opendatasoft",
    "opendatasoft_export": "opendatasoft",
    "mediawiki": "mediawiki",
    "sparql": "sparql",
    "gogocarto": "gogocarto",
    "umap": "umap",
    "wordpress": "wordpress",
    "drupal": "drupal",
    "html_table": "html",
    "html_items": "html",
    "html_lines": "html",
    "pdf_table": "pdf",
    "pdf_lines": "pdf",
}


def platform_of(reader: ReaderName) -> Platform:
    """The platform of a reader. Raises :class:`ConfigError` when a library that it needs is not installed."""
    try:
        module = import_module(f"ptce_etl.collect.readers.{_MODULES[reader]}")
    except ImportError as error:
        raise ConfigError(
            f"the reader {reader!r} needs a library that is not installed: {error.name}",
            where=reader,
            do="pip install 'ptce-etl[live]'",
        ) from error
    platforms: dict[ReaderName, Platform] = module.PLATFORMS
    return platforms[reader]
