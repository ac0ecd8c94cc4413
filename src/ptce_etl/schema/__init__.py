"""The published tables: names, types, keys, and what each column means, in English and French.

The schema is code; ``DATA_FORMAT.md`` and the contracts in ``history/`` are generated from it. ``VERSION`` follows
semver: what breaks a reader (a column removed, renamed, retyped, made required or no longer so, a changed unit or key)
is a new major version, and before 1.0.0 a new minor one; what adds is a new minor version, before 1.0.0 a new patch
(:mod:`ptce_etl.schema.compat`).

Logical types and what carries them:

======  =============  ========================================
type    Arrow          pandas frame (between stages and ``load()``)
======  =============  ========================================
text    string         ``str`` (missing: NaN)
int     int64          ``Int64``
float   double         ``float64``
bool    bool           ``boolean``
date    date32         ``datetime64[us]`` (missing: NaT)
======  =============  ========================================

Only types that data.gouv.fr's tabular loader accepts are used (no unsigned, null, map or list columns); several values
in one cell are joined with ``" | "``.
"""

from __future__ import annotations

from ptce_etl.schema.figures import COUNTS, INDICATOR, SENSITIVITY, SERIES
from ptce_etl.schema.judged import CLAIMS, COMPLETENESS, LISTS
from ptce_etl.schema.poles import EDGES, ENRICHMENT, LISTINGS, POLES, VALUES
from ptce_etl.schema.types import ARROW, PANDAS, SEPARATOR, VERSION, Column, Kind, Table
from ptce_etl.schema.upkeep import CHANGES, CHECKS, ISSUES, SOURCES

__all__ = ["ARROW", "PANDAS", "SEPARATOR", "TABLES", "VERSION", "Column", "Kind", "Table"]

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        POLES,
        LISTINGS,
        VALUES,
        EDGES,
        ENRICHMENT,
        COUNTS,
        SERIES,
        INDICATOR,
        SENSITIVITY,
        CLAIMS,
        COMPLETENESS,
        LISTS,
        CHANGES,
        SOURCES,
        ISSUES,
        CHECKS,
    )
}
