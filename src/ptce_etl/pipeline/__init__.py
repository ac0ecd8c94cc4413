"""The steps, in order, readable aloud: collect, intake, clean, resolve, measure, write, validate, publish.

No Prefect here: the flows and the command line both call these functions. A snapshot is a pure function of the archive,
the decisions, the as-of date and the code; the clock is read once, by the door, and handed in as ``now``.
"""

from ptce_etl.pipeline.auditing import Audited, audit, identities_of
from ptce_etl.pipeline.building import Candidate, build
from ptce_etl.pipeline.context import OWN_CATALOGUE, OWN_SERVICES, Context, open_context
from ptce_etl.pipeline.job import RunResult, collect_one, run
from ptce_etl.pipeline.publishing import Publication, publish
from ptce_etl.pipeline.stopwatch import OnStep

__all__ = [
    "OWN_CATALOGUE",
    "OWN_SERVICES",
    "Audited",
    "Candidate",
    "Context",
    "OnStep",
    "Publication",
    "RunResult",
    "audit",
    "build",
    "collect_one",
    "identities_of",
    "open_context",
    "publish",
    "run",
]
