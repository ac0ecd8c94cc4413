# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Où sont les pôles, et qu'est-ce qui a changé ? · *Where are the poles, and what changed?*
#
# Il faut une publication : `make run` (ou `ptce run`) ; la racine des données est `PTCE_DATA`, ou le dossier `data`
# le plus proche. Le sens de chaque colonne est dans `DATA_FORMAT.md`, celui de chaque décompte dans `METHOD.md`. *A
# snapshot is needed: `make run`. What every column means is in `DATA_FORMAT.md`, what every count means in
# `METHOD.md`.*

# %%
import json
import os
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
from IPython.display import SVG

import ptce_etl

# Une seule publication pour toutes les tables, même si une autre paraît entre-temps.
# One snapshot for every table, whatever is published meanwhile.
here = Path.cwd()
near = (folder / "data" for folder in (here, *here.parents) if (folder / "data" / "processed").is_dir())
DATA = os.environ.get("PTCE_DATA") or next(near, Path("data"))
published = ptce_etl.snapshots(DATA)
SNAPSHOT = next(iter(published.loc[published["latest"], "snapshot_id"]), "latest")
pd.set_option("display.max_colwidth", 120)
poles = ptce_etl.load("poles", snapshot=SNAPSHOT, data=DATA)
print(ptce_etl.citation(SNAPSHOT, data=DATA))
print(ptce_etl.citation(SNAPSHOT, lang="en", data=DATA))

# %% [markdown]
# ## Sur la carte · *On the map*
#
# Un point par pôle dont la commune est connue, au point de la commune. Les autres n'ont pas de point, et ne sont pas
# mis ailleurs : on les compte. *One point for each pole whose commune is known. The others are not put anywhere: they
# are counted.*

# %%
placed = poles.dropna(subset=["latitude", "longitude"])
mainland = placed[placed["latitude"].between(41, 52) & placed["longitude"].between(-6, 10)]


def chart(places: pd.DataFrame) -> SVG:
    """Longitude and latitude as they are, stretched for 46.5° north."""
    x, y = 40 * (places["longitude"] + 6), 58 * (52 - places["latitude"])
    dots = "".join(
        f'<circle cx="{a:.0f}" cy="{b:.0f}" r="5" fill="#0b6e4f" fill-opacity="0.6"><title>{name}</title></circle>'
        for a, b, name in zip(x, y, places["name"].str.replace("&", "&amp;").str.replace("<", "&lt;"), strict=True)
    )
    return SVG(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 640" width="480" height="480">{dots}</svg>')


overseas, nowhere = len(placed) - len(mainland), len(poles) - len(placed)
print(f"{len(mainland)} en métropole, {overseas} outre-mer, {nowhere} sans point")
print(f"{len(mainland)} on the mainland, {overseas} overseas, {nowhere} without a point")
chart(mainland)

# %%
poles["place_level"].value_counts().rename_axis("place_level").reset_index(name="n")

# %% [markdown]
# ## Par région · *By region*
#
# Population `listed` (recensés), avec son intervalle : bas si chaque paire non tranchée est un seul pôle, haut si
# elle en fait deux. *Population `listed`, with its interval: low if every undecided pair is one pole, high if it is
# two.*

# %%
counts = ptce_etl.load("counts", snapshot=SNAPSHOT, data=DATA)
today = counts[(counts["as_of"] == counts["as_of"].max()) & (counts["population"] == "listed")]
regions = today.loc[today["territory_level"] == "region", ["territory", "n", "low", "high"]]
regions.sort_values(["n", "territory"], ascending=[False, True]).reset_index(drop=True)

# %% [markdown]
# Les mêmes fichiers se lisent sans ce paquet : DuckDB et Polars, par exemple. *The same files, without this package.*

# %%
file = Path(DATA) / "processed" / SNAPSHOT / "poles.parquet"
question = """
    SELECT coalesce(departement, 'inconnu') AS departement, count(*) AS poles
    FROM read_parquet($file) WHERE status = 'listed'
    GROUP BY ALL ORDER BY poles DESC, departement LIMIT 5
"""
duckdb.sql(question, params={"file": str(file)}).df()

# %%
assert pl.read_parquet(file)["n_listings"].sum() == poles["n_listings"].sum()
pl.read_parquet(file, columns=["name", "region", "n_listings"]).sort(
    "n_listings", "name", descending=[True, False]
).head(5)

# %% [markdown]
# ## Sous quels noms ? · *Under which names?*
#
# Un même pôle s'écrit de vingt façons. *One pole is spelt in twenty ways.*

# %%
listings = ptce_etl.load("listings", snapshot=SNAPSHOT, data=DATA)
families = (
    listings.groupby("pole_id")
    .agg(mentions=("listing_id", "size"), spellings=("name", "nunique"), pages=("source_url", "nunique"))
    .join(poles.set_index("pole_id")[["name", "departement"]])
    .sort_values(["spellings", "mentions", "name"], ascending=[False, False, True])
)
families[["name", "departement", "spellings", "mentions", "pages"]].head(8)

# %% [markdown]
# Pourquoi sont-elles le même pôle ? Chaque lien garde ses raisons, en bits. *Why are they one pole? Every link keeps
# its reasons, in bits.*

# %%
largest = listings.loc[listings["pole_id"] == families.index[0], "listing_id"]
edges = ptce_etl.load("edges", snapshot=SNAPSHOT, data=DATA)
of_it = edges[edges["left"].isin(largest) & edges["right"].isin(largest)]
for _, edge in of_it.sort_values(["weight", "left", "right"]).head(2).iterrows():
    print(f"{edge['verdict']}  {edge['weight']:.1f} bits, {edge['decided_by']}")
    for signal, compared, bits in json.loads(edge["reasons"]):
        print(f"    {bits:+6.2f}  {signal:<8} {compared}")

# %% [markdown]
# ## Ce qui a changé · *What changed*
#
# D'une publication à l'autre : apparus, disparus, fusionnés, scindés, renommés, corrigés. Un pôle apparu n'est pas un
# pôle né : c'est un pôle que l'on ne lisait pas. *From one snapshot to the next. A pole that appeared is not one that
# was born: it is one that was not read of before.*

# %%
published[["snapshot_id", "as_of", "kind", "n_poles", "why_fr", "why_en"]]

# %%
changes = ptce_etl.changes(SNAPSHOT, data=DATA)
print(changes["kind"].value_counts().rename_axis("kind").reset_index(name="n").to_string(index=False))
changed = changes.merge(poles[["pole_id", "name"]], on="pole_id", how="left")
changed[["kind", "name", "field", "before", "after"]].head(8)
