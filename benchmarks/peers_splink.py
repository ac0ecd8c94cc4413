"""Splink on DuckDB, configured as its documentation advises; written for Splink 5.

Two ways. *splink*: its name comparison (Jaro-Winkler levels) with term frequencies for names and carriers, one
comparison for places at the finest level both sides know (columns that follow from one another are to be one
comparison), exact comparisons for the rest. *splink-business*: the documented way with business names (example
"Matching business rates data with Companies House data"): words with their frequencies, levels on the product of the
frequencies of the words in common, blocking on the two rarest words. Both: probability of a random match from a
deterministic rule, u by random sampling, m by expectation maximisation in two passes; predictions kept from a low
weight, so that the threshold can be tuned in hindsight.
"""

from __future__ import annotations

import logging
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.peers import Groups, clusters

__all__ = ["link"]

WEIGHTS = (-8, -6, -5, -4, -3, -2, -1, 0, 1, 2, 4, 6, 9, 12, 16)
SAMPLED = 1e7  # pairs drawn for u, as in the examples
SEED = 1

_WORDS = """
create table words as
with split as (select unique_id, unnest(list_distinct(regexp_split_to_array(name, ' +'))) as word from listings),
counted as (select word, count(*)::float / (select count(*) from split) as rel_freq from split group by word)
select unique_id,
       array_agg(struct_pack(word := word, rel_freq := rel_freq) order by rel_freq, word) as words_with_freq,
       (array_agg(word order by rel_freq, word) filter (where rel_freq < 0.01))[1] as rare_1,
       (array_agg(word order by rel_freq, word) filter (where rel_freq < 0.01))[2] as rare_2
from split join counted using (word) group by unique_id
"""
_COMMON = """list_reduce(list_concat([1.0::double], list_transform(
    list_intersect(words_with_freq_l, words_with_freq_r), lambda x: x.rel_freq::double)), lambda p, q: p * q)"""


def link(frame: pd.DataFrame, *, business: bool) -> Groups:
    """Groups by threshold on the match weight (bits)."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    con = duckdb.connect()
    columns = ["name", "carrier", "commune", "department", "region", "domain", "programme"]
    listings = frame[["unique_id", *columns]].replace({column: {"": None} for column in columns})
    con.register("given", listings)
    con.execute("create table listings as select * from given")
    con.execute(_WORDS)
    api = DuckDBAPI(con)
    table = api.register(con.sql("select * from listings left join words using (unique_id)"))
    linker = Linker(table, _settings(business), log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match([block_on("name")], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED, seed=SEED)
    for rule in (block_on("name"), block_on("commune", "rare_1")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_weight=WEIGHTS[0])
    arrow = con.sql(f"select unique_id_l, unique_id_r, match_weight from {found.physical_name}").to_arrow_table()
    pairs = np.stack([arrow.column(i).to_numpy() for i in (0, 1)], axis=1).astype(np.int64)
    return clusters(pairs, arrow.column(2).to_numpy(), len(frame), WEIGHTS)


def _settings(business: bool) -> SettingsCreator:
    names: Any = _by_words() if business else cl.NameComparison("name").configure(term_frequency_adjustments=True)
    carriers = cl.NameComparison("carrier").configure(term_frequency_adjustments=True)
    start = "substr(l.name, 1, 3) = substr(r.name, 1, 3)"
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[names, carriers, _place(), cl.ExactMatch("domain"), cl.ExactMatch("programme")],
        blocking_rules_to_generate_predictions=[
            block_on("name"),
            block_on("rare_1", "rare_2"),
            block_on("rare_1", "department"),
            block_on("rare_1", "commune"),
            f"l.rare_1 = r.rare_1 and {start}",
            f"l.rare_1 = r.rare_2 and {start}",
            f"l.rare_2 = r.rare_1 and {start}",
            block_on("carrier", "substr(name, 1, 3)"),
            block_on("domain"),
        ],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )


def _by_words() -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": "words_with_freq_l is null or words_with_freq_r is null", "is_null_level": True},
        {"sql_condition": "name_l = name_r", "tf_adjustment_column": "name"},
    ]
    levels += [{"sql_condition": f"{_COMMON} < 1e-{power}"} for power in (12, 10, 8, 6, 4)]
    levels.append({"sql_condition": "ELSE"})
    for level in levels:
        level["label_for_charts"] = level["sql_condition"][-20:]
    return {"output_column_name": "words_with_freq", "comparison_levels": levels}


def _place() -> dict[str, Any]:
    """One comparison for the three columns: a commune says its department, and that its region."""
    known = [f"{c}_l is null or {c}_r is null" for c in ("commune", "department", "region")]
    levels: list[dict[str, Any]] = [
        {"sql_condition": " and ".join(f"({one})" for one in known), "is_null_level": True},
        {"sql_condition": "commune_l = commune_r", "tf_adjustment_column": "commune"},
        {"sql_condition": "department_l = department_r"},
        {"sql_condition": "region_l = region_r"},
        {"sql_condition": "ELSE"},
    ]
    for level in levels:
        level["label_for_charts"] = level["sql_condition"][:40]
    return {"output_column_name": "place", "comparison_levels": levels}
