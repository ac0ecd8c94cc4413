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
# # « +365 % en deux ans » : est-ce vrai ? · *"+365 % in two years": is it true?*
#
# Il faut une publication : `make run` (ou `ptce run`) ; la racine des données est `PTCE_DATA`, ou le dossier `data`
# le plus proche. Le sens de chaque colonne est dans `DATA_FORMAT.md`, celui de chaque décompte dans `METHOD.md`. *A
# snapshot is needed: `make run`. What every column means is in `DATA_FORMAT.md`, what every count means in
# `METHOD.md`.*

# %%
import os
from pathlib import Path

import pandas as pd

import ptce_etl

# Une seule publication pour toutes les tables, même si une autre paraît entre-temps.
# One snapshot for every table, whatever is published meanwhile.
here = Path.cwd()
near = (folder / "data" for folder in (here, *here.parents) if (folder / "data" / "processed").is_dir())
DATA = os.environ.get("PTCE_DATA") or next(near, Path("data"))
published = ptce_etl.snapshots(DATA)
SNAPSHOT = next(iter(published.loc[published["latest"], "snapshot_id"]), "latest")
pd.set_option("display.max_colwidth", 120)
claims = ptce_etl.load("claims", snapshot=SNAPSHOT, data=DATA)

# %% [markdown]
# ## Le calcul · *The sum*
#
# De 56 à 203, la croissance est de (203 − 56) / 56. Le rapport 203 / 56 fait 362,5 % : un rapport lu comme une
# hausse, puis arrondi. *From 56 to 203 the growth is (203 − 56) / 56. The ratio 203 / 56 is 362.5 %: a ratio read as
# an increase, then rounded.*

# %%
base, target = 56, 203
print(f"({target} - {base}) / {base} = {(target - base) / base:+.1%}    {target} / {base} = {target / base:.1%}")

# %% [markdown]
# ## Ce que l'on en dit · *Our verdicts*

# %%
growths = claims[claims["kind"] == "growth"].set_index("claim_id")
for claim_id, claim in growths.iterrows():
    print(f"\n{claim_id}  {claim['publisher']}, {claim['claim_date']}: {claim['value']:+.0f} %  →  {claim['verdict']}")
    print(f"    {claim['explanation_fr']}")
    print(f"    {claim['explanation_en']}")

founding = growths[(growths["base_value"] == base) & (growths["target_value"] == target)]
assert (founding["verdict"] == "arithmetic_error").all() and (founding["computed"].round(1) == 262.5).all()

# %% [markdown]
# ## 56 et 203 comptent-ils la même chose ? · *Do 56 and 203 count the same thing?*
#
# Les effectifs publiés les plus proches de ces deux nombres, avec ce que leur page dit compter. *The published counts
# nearest to these two, with what their page says it counts.*

# %%
said = claims[(claims["kind"] == "count") & claims["value"].isin([base, target])]
said[["claim_id", "claim_date", "value", "population", "publisher", "verdict"]].sort_values(["value", "claim_id"])

# %%
claims[claims["kind"] == "count"].groupby("verdict").size().sort_values(ascending=False).reset_index(name="claims")

# %% [markdown]
# ## Et ce que nous comptons, nous ? · *And what do we count?*
#
# La croissance mise en avant, sur deux ans, avec ce qui la compose : arrivée = départ + nés + découverts tard +
# reclassés − fermés − sortis sans fermer. `comparable` dit si les deux effectifs mesurent la même chose. *The
# headline growth over two years and what it is made of; `comparable` says whether its two counts measure the same
# thing.*

# %%
indicator = ptce_etl.load("indicator", snapshot=SNAPSHOT, data=DATA)
headline = indicator[indicator["headline"].astype(bool) & (indicator["territory_level"] == "france")]
entered, left = ["opened", "discovered_late", "reclassified"], ["closed", "reclassified_out"]
arrived = headline["base"] + headline[entered].sum(axis="columns") - headline[left].sum(axis="columns")
assert (arrived == headline["target"]).all()
sizes = ["base_date", "target_date", "base", "target", *entered, *left]
rates = ["growth_pct", "growth_low_pct", "growth_high_pct", "constant_growth_pct", "coverage_base", "coverage_target"]
headline.set_index("population")[[*sizes, *rates, "comparable"]].T

# %%
for _, row in headline.iterrows():
    print(f"{row['population']}\n    {row['comparable_why_fr']}\n    {row['comparable_why']}")

# %% [markdown]
# Combien en tient à nos choix ? La même croissance, sous d'autres choix raisonnables. *How much of it hangs on our
# choices? The same growth, under other reasonable ones.*

# %%
curves = ptce_etl.load("sensitivity", snapshot=SNAPSHOT, data=DATA).groupby("population")["growth_pct"]
curves.agg(["size", "min", "median", "max"]).join(headline.set_index("population")["growth_pct"].rename("published"))
