"""Where things live under a data root, and the numbers that steer a run. No I/O here.

A *data root* (``--data DIR``, default ``./data``) holds ``raw/`` (what was collected), ``decisions/`` (what people
decided) and ``processed/`` (what was published). With a *store* (the environment's PTCE_STORE: s3://…, gs://…, az://…)
what is published lies there, and the data root holds a copy of what was read of it.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Limits", "Paths", "Settings"]


@dataclass(frozen=True, slots=True)
class Paths:
    """Every path of one data root; ``store`` is the address of the object store published to, if any."""

    root: Path
    store: str | None = field(default_factory=lambda: os.environ.get("PTCE_STORE") or None)

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def transcribed(self) -> Path:
        return self.raw / "transcribed"

    @property
    def archive(self) -> Path:
        return self.raw / "archive"

    @property
    def decisions(self) -> Path:
        return self.root / "decisions"

    @property
    def judgements(self) -> Path:
        return self.decisions / "judgements.jsonl"

    @property
    def corrections(self) -> Path:
        return self.decisions / "corrections.yml"

    @property
    def identities(self) -> Path:
        return self.decisions / "identities.csv"

    @property
    def redirects(self) -> Path:
        return self.decisions / "redirects.csv"

    @property
    def processed(self) -> Path:
        if self.store:
            return self.root / ".stores" / hashlib.sha256(self.store.encode()).hexdigest()[:16]
        return self.root / "processed"

    @property
    def latest(self) -> Path:
        return self.processed / "latest"

    @property
    def index(self) -> Path:
        return self.processed / "index.json"

    @property
    def rejected(self) -> Path:
        return self.processed / "rejected"

    @property
    def pruned(self) -> Path:
        return self.processed / "pruned"


@dataclass(frozen=True, slots=True)
class Settings:
    """Numbers that change a result; each is recorded in the manifest of the snapshot it made.

    ``active_years``: a pole is *active* when dated evidence names it within that many years before the as-of date.
    ``headline_years``: length of the headline growth period (the founding document compares over two years).
    ``sensitivity_listings``: poles are told apart again under other thresholds (table ``sensitivity``) as long as there
    are no more listings than that.
    ``shrink_poles``, ``shrink_share``: the shrink guard stops a promotion when more poles than
    ``max(shrink_poles, shrink_share × previous)`` have gone since the previous snapshot.
    """

    active_years: int = 3
    headline_years: int = 2
    sensitivity_listings: int = 5_000
    shrink_poles: int = 2
    shrink_share: float = 0.05


@dataclass(frozen=True)
class Limits:
    """From where on ``ptce status`` raises an alarm; no result depends on them.

    ``every_days``: the longest time between two scheduled refreshes; ``publish_days``: between two publications.
    ``grace_days`` are given to each. ``patience``: after how many times as long a warning is critical. ``review``:
    pairs that may wait for a person. ``rows_share``: the share of its rows that a source may lose from a snapshot to
    the next.
    """

    every_days: float = 7.0
    publish_days: float = 31.0
    grace_days: float = 1.0
    patience: float = 3.0
    review: int = 50
    rows_share: float = 0.1
