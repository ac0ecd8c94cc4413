"""Publish one small world under the root given: what a determinism test starts in processes unlike each other."""

from __future__ import annotations

import sys
from pathlib import Path

import world

if __name__ == "__main__":
    world.publish(Path(sys.argv[1]), seed=int(sys.argv[2]))
