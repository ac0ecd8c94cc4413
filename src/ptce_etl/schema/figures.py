"""The figures: counts, their series, the indicator, and how far it hangs on choices."""

from __future__ import annotations

from ptce_etl.schema.territory import TERRITORY
from ptce_etl.schema.types import Table, column

__all__ = ["COUNTS", "INDICATOR", "SENSITIVITY", "SERIES"]

# fmt: off
# One column a line: this reads as the dictionary that it is.
COUNTS = Table(
    "counts",
    "One row is the number of poles of a population in a territory at a date, with its interval.",
    "Une ligne est le nombre de pôles d'une population dans un territoire à une date, avec son intervalle.",
    ("population", "territory_level", "territory_code", "as_of"),
    (
        column("population", "text", "Counting rule (METHOD.md), or cohort:<round>", "Règle de décompte (METHOD.md), ou cohort:<vague>", required=True),
        *TERRITORY,
        column("as_of", "date", "Date the world is described at", "Date décrite", required=True, volatile=True),
        column("n", "int", "Poles counted", "Pôles comptés", required=True, unit="pole"),
        column("low", "int", "Every undecided pair taken as one pole", "Chaque paire non tranchée prise comme un pôle", required=True, unit="pole"),
        column("high", "int", "Every undecided pair taken as two poles", "Chaque paire non tranchée prise comme deux pôles", required=True, unit="pole"),
        column("published", "int", "Published number of the cohort", "Effectif publié de la cohorte", unit="pole"),
        column("coverage", "float", "n / published", "n / effectif publié"),
        column("published_by", "text", "Claims that give it, separated by ' | '", "Affirmations qui le donnent, séparées par ' | '"),
    ),
    csv=True,
)

SERIES = Table(
    "series",
    "One row is a population in a territory at the end of a month or a year: as it was known then, and as today's evidence says it was.",
    "Une ligne est une population dans un territoire à la fin d'un mois ou d'une année : telle qu'on la connaissait, et telle que la disent les preuves d'aujourd'hui.",
    ("population", "territory_level", "territory_code", "as_of"),
    (
        column("population", "text", "Counting rule (METHOD.md)", "Règle de décompte (METHOD.md)", required=True),
        *TERRITORY,
        column("as_of", "date", "End of the month or year", "Fin du mois ou de l'année", required=True),
        column("granularity", "text", "year (31 December), or month (any other month end; France only)", "year (31 décembre), ou month (autre fin de mois ; France seulement)", required=True),
        column("known", "int", "Poles counted from what could be read by that day", "Pôles comptés d'après ce qui pouvait être lu ce jour-là", required=True, unit="pole"),
        column("known_low", "int", "The same, every undecided pair taken as one pole", "De même, chaque paire non tranchée prise comme un pôle", required=True, unit="pole"),
        column("backcast", "int", "Poles that today's evidence says were there that day, read later or not", "Pôles que les preuves d'aujourd'hui, lues depuis ou non, disent présents ce jour-là", required=True, unit="pole"),
        column("backcast_low", "int", "The same, every undecided pair taken as one pole", "De même, chaque paire non tranchée prise comme un pôle", required=True, unit="pole"),
    ),
    csv=True,
)

INDICATOR = Table(
    "indicator",
    "One row is the movement of a population in a territory between two dates.",
    "Une ligne est le mouvement d'une population dans un territoire entre deux dates.",
    ("population", "territory_level", "territory_code", "base_date", "target_date"),
    (
        column("population", "text", "Counting rule (METHOD.md)", "Règle de décompte (METHOD.md)", required=True),
        *TERRITORY,
        column("base_date", "date", "Start of the period", "Début de la période", required=True, volatile=True),
        column("target_date", "date", "End of the period", "Fin de la période", required=True, volatile=True),
        column("years", "float", "Length of the period", "Durée de la période", required=True, unit="year"),
        column("headline", "bool", "Whether it is the published headline", "Est-ce le chiffre mis en avant", required=True),
        column("base", "int", "Count at the start", "Effectif au début", required=True, unit="pole"),
        column("base_low", "int", "Low count at the start", "Effectif bas au début", required=True, unit="pole"),
        column("base_high", "int", "High count at the start", "Effectif haut au début", required=True, unit="pole"),
        column("target", "int", "Count at the end", "Effectif à la fin", required=True, unit="pole"),
        column("target_low", "int", "Low count at the end", "Effectif bas à la fin", required=True, unit="pole"),
        column("target_high", "int", "High count at the end", "Effectif haut à la fin", required=True, unit="pole"),
        column("change", "int", "target − base", "fin − début", required=True, unit="pole"),
        column("growth_pct", "float", "(target − base) / base; null when base is 0", "(fin − début) / début ; vide si le début est nul", unit="%"),
        column("growth_low_pct", "float", "Lowest growth the undecided pairs allow", "Croissance la plus basse que permettent les paires non tranchées", unit="%"),
        column("growth_high_pct", "float", "Highest growth they allow", "Croissance la plus haute", unit="%"),
        column("interval_how", "text", "exact (every way to settle the undecided pairs was tried) or sampled", "exact (toutes les façons de trancher sont essayées) ou sampled (tirées au sort)", required=True),
        column("multiplier", "float", "target / base", "fin / début"),
        column("yearly_rate_pct", "float", "Compound yearly rate", "Taux annuel composé", unit="%"),
        column("opened", "int", "Entered: poles that evidence says opened in the period", "Entrés : pôles dont une preuve dit qu'ils sont nés dans la période", required=True, unit="pole"),
        column("discovered_late", "int", "Entered: poles first listed in the period, with nothing that says they opened in it", "Entrés : pôles mentionnés pour la première fois dans la période, sans preuve qu'ils y soient nés", required=True, unit="pole"),
        column("reclassified", "int", "Entered: poles listed before, outside this population", "Entrés : pôles déjà mentionnés, hors de cette population", required=True, unit="pole"),
        column("split", "int", "Entered: poles split off another since; 0 within one snapshot", "Entrés : pôles scindés d'un autre depuis ; 0 dans un même instantané", required=True, unit="pole"),
        column("closed", "int", "Left: poles that evidence says closed", "Sortis : pôles qu'une preuve dit fermés", required=True, unit="pole"),
        column("reclassified_out", "int", "Left: poles with nothing that says they closed (nothing names them any more, another stage)", "Sortis : pôles que rien ne dit fermés (plus rien ne les nomme, autre étape)", required=True, unit="pole"),
        column("merged", "int", "Left: poles merged into another since; 0 within one snapshot", "Sortis : pôles fusionnés avec un autre depuis ; 0 dans un même instantané", required=True, unit="pole"),
        column("constant_base", "int", "Count at the start from constant sources only", "Effectif au début, sources constantes", required=True, unit="pole"),
        column("constant_target", "int", "Count at the end from constant sources only", "Effectif à la fin, sources constantes", required=True, unit="pole"),
        column("constant_growth_pct", "float", "Growth on constant sources", "Croissance à sources constantes", unit="%"),
        column("coverage_base", "float", "Laureates found / published, rounds known at the start", "Lauréats trouvés / publiés, vagues connues au début"),
        column("coverage_target", "float", "Laureates found / published, rounds known at the end", "Lauréats trouvés / publiés, vagues connues à la fin"),
        column("comparable", "bool", "Whether the two counts measure the same thing", "Les deux effectifs mesurent-ils la même chose", required=True),
        column("comparable_why", "text", "Why not, or what to keep in mind: codes (METHOD.md) and sentences", "Pourquoi non, ou ce qu'il faut garder à l'esprit : codes (METHOD.md) et phrases, en anglais"),
        column("comparable_why_fr", "text", "The same in French", "De même, en français"),
    ),
    csv=True,
)

SENSITIVITY = Table(
    "sensitivity",
    "One row is the growth of a population in France over the headline period under one set of choices, in order of growth.",
    "Une ligne est la croissance d'une population en France sur la période mise en avant, sous un jeu de choix, par ordre de croissance.",
    ("population", "rank"),
    (
        column("population", "text", "Counting rule (METHOD.md)", "Règle de décompte (METHOD.md)", required=True),
        column("rank", "int", "Place in the curve of the population, from the lowest growth", "Rang dans la courbe de la population, de la plus basse croissance", required=True),
        column("differs", "int", "Choices that are not the published ones (0: the published figure)", "Choix autres que ceux publiés (0 : le chiffre publié)", required=True),
        column("link", "float", "Match weight from which two mentions are one pole", "Poids d'appariement à partir duquel deux mentions sont un pôle", required=True, unit="bit"),
        column("review", "float", "Match weight from which a pair waits for a person", "Poids d'appariement à partir duquel une paire attend une décision", required=True, unit="bit"),
        column("judgements", "bool", "Whether what people decided is applied", "Les décisions humaines sont-elles appliquées", required=True),
        column("unlabelled", "bool", "Whether mentions that do not use the word PTCE count", "Les mentions sans le mot PTCE comptent-elles", required=True),
        column("undated", "text", "Undated pages: held (from the day we held them), left_out, or before (there from the start of the period)", "Pages sans date : held (du jour où nous les avons eues), left_out (écartées) ou before (là dès le début de la période)", required=True),
        column("basis", "text", "known (as known then) or backcast (as today's evidence says)", "known (tel qu'on le savait) ou backcast (tel que le disent les preuves d'aujourd'hui)", required=True),
        column("active_years", "int", "Years of evidence that make a pole active", "Années de preuve qui font un pôle actif", unit="year"),
        column("base_date", "date", "Start of the period", "Début de la période", required=True, volatile=True),
        column("target_date", "date", "End of the period", "Fin de la période", required=True, volatile=True),
        column("base", "int", "Count at the start", "Effectif au début", required=True, unit="pole"),
        column("target", "int", "Count at the end", "Effectif à la fin", required=True, unit="pole"),
        column("change", "int", "target − base", "fin − début", required=True, unit="pole"),
        column("growth_pct", "float", "(target − base) / base; null when base is 0", "(fin − début) / début ; vide si le début est nul", unit="%"),
        column("growth_low_pct", "float", "Lowest growth the undecided pairs allow", "Croissance la plus basse que permettent les paires non tranchées", unit="%"),
        column("growth_high_pct", "float", "Highest growth they allow", "Croissance la plus haute", unit="%"),
    ),
    csv=True,
)
