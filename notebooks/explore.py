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
# # Explorer l'observatoire des PTCE · *Exploring the observatory*
#
# Cinq questions posées à la dernière publication : combien, où, sous quels noms, qu'est-ce qui a changé, et est-ce que
# « +365 % en deux ans » est vrai ?
#
# *Five questions to the latest snapshot: how many, where, under which names, what changed, and is "+365 % in two years"
# true?*
#
# Il faut une publication : `make run` (ou `ptce run`). La racine des données est `PTCE_DATA`, ou le dossier `data` le
# plus proche. Le sens de chaque colonne est dans `DATA_FORMAT.md`, celui de chaque décompte dans `METHOD.md`.

# %%
import hashlib
import json
import os
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl

import ptce_etl

pd.set_option("display.max_colwidth", 90)
pd.set_option("display.width", 160)

here = Path.cwd()
near = (folder / "data" for folder in (here, *here.parents) if (folder / "data" / "processed").is_dir())
DATA = Path(os.environ.get("PTCE_DATA") or next(near, "data"))

# Une seule publication pour toutes les tables, même si une autre paraît entre-temps.
published = ptce_etl.snapshots(DATA)
SNAPSHOT = next(iter(published.loc[published["latest"], "snapshot_id"]), "latest")


def table(name: str) -> pd.DataFrame:
    return ptce_etl.load(name, snapshot=SNAPSHOT, data=DATA)


poles, listings, counts, indicator = (table(name) for name in ("poles", "listings", "counts", "indicator"))
published[["snapshot_id", "as_of", "published_at", "n_poles", "n_warnings", "why_fr"]]

# %% [markdown]
# ## 1. Combien ? · *How many?*
#
# Il n'y a pas un nombre, mais un nombre par **population**, avec son intervalle : bas si chaque paire non tranchée est
# un seul pôle, haut si elle en fait deux.
#
# *There is one number per population, with its interval: low if every undecided pair is one pole, high if it is two.*

# %%
as_of = counts["as_of"].max()
now_france = counts[(counts["as_of"] == as_of) & (counts["territory_level"] == "france")]
is_round = now_france["population"].str.startswith("cohort:")
now_france.loc[~is_round, ["population", "n", "low", "high"]].sort_values("n", ascending=False)

# %% [markdown]
# Ce que les listes ne montrent pas : pour chaque vague d'appel, les lauréats trouvés et l'effectif publié. *What the
# lists do not show: for each call round, the laureates found and the number published.*

# %%
now_france.loc[is_round, ["population", "n", "published", "coverage"]].sort_values("population")

# %% [markdown]
# Et dans le passé ? Ce que l'on savait à chaque fin d'année, et ce que les preuves d'aujourd'hui en disent. *And in the
# past? What was known at the end of each year, and what the evidence of today says of it (`series`).*

# %%
series = table("series")
years = series[(series["territory_level"] == "france") & (series["granularity"] == "year")]
years[years["population"] == "listed"].set_index("as_of")[["known", "backcast"]].T

# %% [markdown]
# ## 2. Où ? · *Where?*

# %%
regions = counts[
    (counts["as_of"] == as_of) & (counts["territory_level"] == "region") & (counts["population"] == "listed")
]
regions[["territory_code", "territory", "n", "low", "high"]].sort_values("n", ascending=False)

# %% [markdown]
# Les mêmes fichiers se lisent sans ce paquet : DuckDB et Polars, par exemple. *The same files, without this package.*

# %%
files = DATA / "processed" / SNAPSHOT
duckdb.sql(
    """
    SELECT coalesce(departement, 'inconnu') AS departement, count(*) AS poles
    FROM read_parquet($file) WHERE status = 'listed'
    GROUP BY ALL ORDER BY poles DESC, departement LIMIT 5
    """,
    params={"file": str(files / "poles.parquet")},
).df()

# %%
by_level = pl.read_parquet(files / "poles.parquet").group_by("place_level").len().sort("len", descending=True)
assert by_level["len"].sum() == len(poles)
by_level

# %% [markdown]
# ## 3. Sous quels noms ? · *Under which names?*
#
# Un même pôle s'écrit de vingt façons. Voici les familles de graphies les plus nombreuses. *One pole is spelt in twenty
# ways; these are the largest families of spellings.*

# %%
families = (
    listings.groupby("pole_id")
    .agg(mentions=("listing_id", "size"), spellings=("name", "nunique"), pages=("source_url", "nunique"))
    .join(poles.set_index("pole_id")[["name", "departement"]])
    .sort_values(["spellings", "mentions"], ascending=False)
)
families[["name", "departement", "spellings", "mentions", "pages"]].head(10)

# %%
largest = families.index[0]
spelt = listings[listings["pole_id"] == largest]
spelt[["name", "carrier", "commune", "source_date", "source_url"]].sort_values("source_date").reset_index(drop=True)

# %% [markdown]
# Pourquoi deux graphies sont-elles le même pôle ? Chaque lien garde ses raisons, en bits. *Why are two spellings one
# pole? Every link keeps its reasons, in bits.*

# %%
edges = table("edges")
of_it = edges[edges["left"].isin(spelt["listing_id"]) & edges["right"].isin(spelt["listing_id"])]
for _, edge in of_it.sort_values("weight").head(3).iterrows():
    print(f"{edge['verdict']}  {edge['weight']:.1f} bits  (p = {edge['probability']:.4f}), {edge['decided_by']}")
    for signal, compared, bits in json.loads(edge["reasons"]):
        print(f"    {bits:+6.2f}  {signal:<8} {compared}")

# %% [markdown]
# ## 4. Qu'est-ce qui a changé ? · *What changed?*
#
# D'une publication à l'autre, d'abord. *From one snapshot to the next, first.*

# %%
changes = ptce_etl.changes(SNAPSHOT, data=DATA)
changes["kind"].value_counts().rename_axis("kind").reset_index(name="n")

# %% [markdown]
# Puis dans le monde, sur deux ans. Le mouvement s'additionne : arrivée = départ + nés + découverts tard + reclassés −
# fermés − sortis sans fermer. L'écart avec les sources constantes n'est qu'un effet de couverture. *Then in the world,
# over two years. The movement adds up; what differs from constant sources is only an effect of coverage.*

# %%
headline = indicator[indicator["headline"].astype(bool) & (indicator["territory_level"] == "france")]
entered, left = ["opened", "discovered_late", "reclassified"], ["closed", "reclassified_out"]
arrived = headline["base"] + headline[entered].sum(axis="columns") - headline[left].sum(axis="columns")
assert (arrived == headline["target"]).all()
sizes = ["base_date", "target_date", "base", "target", *entered, *left]
rates = ["growth_pct", "growth_low_pct", "growth_high_pct", "constant_growth_pct", "coverage_base", "coverage_target"]
headline.set_index("population")[[*sizes, *rates, "comparable"]].T

# %% [markdown]
# Combien de cette croissance tient à nos choix ? La même, sous d'autres choix raisonnables (`sensitivity`). *How much
# of it hangs on our choices? The same under other reasonable ones.*

# %%
curves = table("sensitivity").groupby("population")["growth_pct"]
curves.agg(["size", "min", "median", "max"]).join(headline.set_index("population")["growth_pct"].rename("published"))

# %% [markdown]
# ## 5. « +365 % en deux ans » : vrai ? · *Is it true?*

# %%
base, target = 56, 203
print(f"({target} - {base}) / {base} = {(target - base) / base:+.1%}    {target} / {base} = {target / base:.1%}")

claims = table("claims")
growths = claims[claims["kind"] == "growth"].set_index("claim_id")
for claim_id, claim in growths.iterrows():
    print(f"\n{claim_id}  {claim['publisher']}, {claim['claim_date']}: {claim['value']:+.0f} %  →  {claim['verdict']}")
    print(f"    {claim['explanation_fr']}")
    print(f"    {claim['explanation_en']}")

founding = growths[(growths["base_value"] == base) & (growths["target_value"] == target)]
assert (founding["verdict"] == "arithmetic_error").all() and (founding["computed"].round(1) == 262.5).all()

# %% [markdown]
# Et les effectifs publiés ? *And the counts that were published?*

# %%
claims[claims["kind"] == "count"].groupby("verdict").size().sort_values(ascending=False).reset_index(name="claims")

# %% [markdown]
# ## Jusqu'aux octets · *Down to the bytes*
#
# Chaque mention mène aux octets où elle a été lue, archivés sous leur sha256. *Every listing leads to the bytes it was
# read from, kept under their sha256.*

# %%
first = spelt.sort_values("listing_id").iloc[0]
kept = next((DATA / "raw" / "archive").rglob(first["capture_sha256"]))
raw = kept.read_bytes()
assert hashlib.sha256(raw).hexdigest() == first["capture_sha256"]
assert first["name"] in raw.decode("utf-8")
where = f"ligne {first['record_no']} de {kept.name[:12]}… ({len(raw):,} octets)"
print(f"« {first['name']} » : {where}, lue sur {first['source_url']}")
