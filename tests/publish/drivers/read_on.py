"""Read the latest snapshot over and over, as anybody's script does, until the standard input closes."""

from __future__ import annotations

import json
import select
import sys
from pathlib import Path

import pyarrow.parquet as pq

if __name__ == "__main__":
    processed = Path(sys.argv[1]) / "processed"
    wrong: list[str] = []
    seen: set[str] = set()
    reads = 0
    sys.stdout.write("reading\n")
    sys.stdout.flush()
    ended = False
    while not ended:
        ended = bool(select.select([sys.stdin], [], [], 0)[0])  # once more after that
        try:
            folder = (processed / "latest").resolve(strict=True)
            rows = pq.read_table(processed / "latest" / "poles.parquet").num_rows
            index = json.loads((processed / "index.json").read_bytes())
            listed = {entry["id"]: entry["files"]["poles.parquet"]["rows"] for entry in index["snapshots"]}
            if folder.name not in listed or rows not in listed.values():
                wrong.append(f"{folder.name} with {rows} rows is not what the index lists")
            seen.add(folder.name)
        except (OSError, ValueError) as error:
            wrong.append(repr(error))
        reads += 1
    sys.stdout.write(json.dumps({"reads": reads, "seen": sorted(seen), "wrong": wrong[:5]}))
