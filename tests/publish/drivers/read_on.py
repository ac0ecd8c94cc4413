"""Read the latest snapshot over and over, by :func:`ptce_etl.load` and by opening a file, until the input closes.

(Given a path, pyarrow opens the file twice, and may get the footer of one snapshot with the data of the next when
``latest`` moves in between: a path that moves can promise no more than one opened file.)
"""

from __future__ import annotations

import json
import select
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq

import ptce_etl

if __name__ == "__main__":
    processed = Path(sys.argv[1]) / "processed"
    wrong: list[str] = []
    seen: set[str] = set()
    reads = 0
    sys.stdout.write("reading\n")
    sys.stdout.flush()
    ended = False
    while not ended:
        time.sleep(0.002)
        ended = bool(select.select([sys.stdin], [], [], 0)[0])  # once more after that
        try:
            folder = (processed / "latest").resolve(strict=True)
            with (processed / "latest" / "poles.parquet").open("rb") as handle:
                rows = pq.read_table(handle).num_rows
            rows = max(rows, len(ptce_etl.load("poles", data=processed.parent)))
            index = json.loads((processed / "index.json").read_bytes())
            listed = {entry["id"]: entry["files"]["poles.parquet"]["rows"] for entry in index["snapshots"]}
            if folder.name not in listed or rows not in listed.values():
                wrong.append(f"{folder.name} with {rows} rows is not what the index lists")
            seen.add(folder.name)
        except (OSError, ValueError) as error:
            wrong.append(repr(error))
        reads += 1
    sys.stdout.write(json.dumps({"reads": reads, "seen": sorted(seen), "wrong": wrong[:5]}))
