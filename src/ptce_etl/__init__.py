"""The open observatory of France's PTCE: every number opened down to the bytes it came from.

>>> import ptce_etl
>>> poles = ptce_etl.load("poles")  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ptce_etl.errors import NoData, PtceError
    from ptce_etl.publish.api import changes, citation, load, snapshots

__version__ = "0.1.0"
__all__ = ["NoData", "PtceError", "__version__", "changes", "citation", "load", "snapshots"]

# pandas and pyarrow take a second to import: `import ptce_etl` leaves them until a name that needs them is used.
_HOME = {
    "NoData": "ptce_etl.errors",
    "PtceError": "ptce_etl.errors",
    "changes": "ptce_etl.publish.api",
    "citation": "ptce_etl.publish.api",
    "load": "ptce_etl.publish.api",
    "snapshots": "ptce_etl.publish.api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
