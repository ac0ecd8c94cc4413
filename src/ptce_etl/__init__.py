"""The open observatory of France's PTCE: every number opened down to the bytes it came from."""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["__version__"]
