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
# # Les listes sont-elles complètes ? · *How complete are the lists?*
#
# Il faut une publication : `make run` (ou `ptce run`) ; la racine des données est `PTCE_DATA`, ou le dossier `data`
# le plus proche. Le sens de chaque colonne est dans `DATA_FORMAT.md`, celui de chaque décompte dans `METHOD.md`. *A
# snapshot is needed: `make run`. What every column means is in `DATA_FORMAT.md`, what every count means in
# `METHOD.md`.*

# %%
import hashlib
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
counts = ptce_etl.load("counts", snapshot=SNAPSHOT, data=DATA)

# %% [markdown]
# ## Là où l'on connaît le total · *Where the total is known*
#
# Pour chaque vague d'appel, les lauréats trouvés et l'effectif publié. *For each call round, the laureates found and
# the number published.*

# %%
now = counts[(counts["as_of"] == counts["as_of"].max()) & (counts["territory_level"] == "france")]
rounds = now[now["population"].str.startswith("cohort:")].sort_values("population")
rounds[["population", "n", "published", "coverage"]].reset_index(drop=True)

# %%
known = rounds.dropna(subset=["published"])
found, total = known["n"].sum(), known["published"].sum()
print(f"{found} lauréats trouvés sur {total} publiés, soit {found / total:.1%}")
print(f"{found} laureates found of {total} published, {found / total:.1%}")

# %% [markdown]
# ## Là où on ne le connaît pas · *Where it is not*
#
# Deux listes indépendantes disent combien manquent aux deux (capture–recapture). Il faut qu'elles le soient : sinon
# l'estimation est retenue, et la raison dite. *Two independent lists say how many both miss (capture–recapture). They
# must be independent: otherwise the estimate is withheld, with the reason.*

# %%
completeness = ptce_etl.load("completeness", snapshot=SNAPSHOT, data=DATA)
shown = ["population", "method", "n_named", "n_lists", "withheld", "estimate", "low", "high"]
completeness[shown].sort_values(["population", "method"]).reset_index(drop=True)

# %%
withheld = completeness[completeness["withheld"].astype(bool)]
for (french, english), rows in withheld.groupby(["reason_fr", "reason_en"]):
    print(f"{len(rows):>3}  {french}\n     {english}")

# %% [markdown]
# ## Quelles listes ? · *Which lists?*
#
# Une liste est une voix : des pages qui se recopient n'en font qu'une. *A list is a voice: pages that copy each other
# are one.*

# %%
lists = ptce_etl.load("lists", snapshot=SNAPSHOT, data=DATA)
lists.sort_values(["n_poles", "population"], ascending=[False, True])[
    ["population", "publishers", "n_poles", "n_pages", "used", "why_not_fr", "why_not_en"]
].head(10).reset_index(drop=True)

# %% [markdown]
# ## Et dans le temps ? · *And over time?*
#
# Ce que l'on savait à chaque fin d'année, et ce que les preuves d'aujourd'hui disent de ce jour-là : l'écart est ce
# qui manquait alors. *What was known at the end of each year, and what the evidence of today says of that day: the
# gap is what was missing then.*

# %%
series = ptce_etl.load("series", snapshot=SNAPSHOT, data=DATA)
years = series[(series["territory_level"] == "france") & (series["granularity"] == "year")]
past = years[years["population"] == "listed"].set_index("as_of")[["known", "backcast"]]
past.assign(missing=past["backcast"] - past["known"]).tail(8)

# %% [markdown]
# ## Jusqu'aux octets · *Down to the bytes*
#
# Chaque mention mène aux octets où elle a été lue, archivés sous leur sha256. *Every listing leads to the bytes it
# was read from, kept under their sha256.*

# %%
first = ptce_etl.load("listings", snapshot=SNAPSHOT, data=DATA).sort_values("listing_id").iloc[0]
kept = next((Path(DATA) / "raw" / "archive").rglob(first["capture_sha256"]))
raw = kept.read_bytes()
assert hashlib.sha256(raw).hexdigest() == first["capture_sha256"]
assert first["name"] in raw.decode("utf-8")
print(f"« {first['name']} » : rang {first['record_no']} de {kept.name[:12]}… ({len(raw):,} octets)")
print(f"    {first['source_url']}")
