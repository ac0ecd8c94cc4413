"""The published tables: names, types, keys, and what each column means, in English and French.

The schema is code; ``DATA_FORMAT.md`` is generated from it. ``VERSION`` follows semver: removing, renaming or
retyping a column is a new major version.

Logical types and what carries them:

======  =============  ========================================
type    Arrow          pandas frame (between stages and ``load()``)
======  =============  ========================================
text    string         ``str`` (missing: NaN)
int     int64          ``Int64``
float   double         ``float64``
bool    bool           ``boolean``
date    date32         ``datetime64[us]`` (missing: NaT)
======  =============  ========================================

Only types that data.gouv.fr's tabular loader accepts are used (no unsigned, null, map or list columns); several values
in one cell are joined with ``" | "``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

__all__ = ["ARROW", "PANDAS", "SEPARATOR", "TABLES", "VERSION", "Column", "Kind", "Table"]

VERSION = "0.2.0"
SEPARATOR = " | "

Kind = Literal["text", "int", "float", "bool", "date"]
ARROW: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
}
PANDAS: dict[Kind, str] = {
    "text": "str",
    "int": "Int64",
    "float": "float64",
    "bool": "boolean",
    "date": "datetime64[us]",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``volatile`` columns move with the clock and do not make a snapshot different."""

    name: str
    kind: Kind
    en: str
    fr: str
    required: bool = False
    unit: str = ""
    volatile: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One published table; rows are sorted by ``key``, which is unique."""

    name: str
    en: str
    fr: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    csv: bool = False

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def arrow(self) -> pa.Schema:
        fields = [
            pa.field(c.name, ARROW[c.kind], nullable=not c.required, metadata={"en": c.en, "fr": c.fr})
            for c in self.columns
        ]
        return pa.schema(fields, metadata={"ptce:table": self.name, "ptce:schema_version": VERSION})


def _c(
    name: str, kind: Kind, en: str, fr: str, *, required: bool = False, unit: str = "", volatile: bool = False
) -> Column:
    return Column(name, kind, en, fr, required, unit, volatile)


# fmt: off
# One column a line: this reads as the dictionary that it is.
_TERRITORY = (
    _c("territory_level", "text", "france, region (today's), region_2015 (before the merger of 2016) or departement", "france, region (actuelle), region_2015 (d'avant la fusion de 2016) ou departement", required=True),
    _c("territory_code", "text", "INSEE code (FR for France, inconnu where the place is not known)", "Code Insee (FR pour la France, inconnu si le lieu n'est pas connu)", required=True),
    _c("territory", "text", "Name of the territory", "Nom du territoire", required=True),
)

_POLES = Table(
    "poles",
    "One row is a PTCE (the entity that listings name).",
    "Une ligne est un PTCE (l'entité que nomment les mentions).",
    ("pole_id",),
    (
        _c("pole_id", "text", "Stable opaque identifier", "Identifiant stable et opaque", required=True),
        _c("name", "text", "Name kept for the pole", "Nom retenu", required=True),
        _c("aliases", "text", "Other spellings met, separated by ' | '", "Autres graphies, séparées par ' | '"),
        _c("carrier", "text", "Carrying organisation (structure porteuse)", "Structure porteuse"),
        _c("siren", "text", "SIREN of the carrier, 9 digits", "SIREN de la structure porteuse, 9 chiffres"),
        _c("code_commune_insee", "text", "INSEE code of the commune (COG 2026)", "Code Insee de la commune (COG 2026)"),
        _c("commune", "text", "Name of the commune", "Nom de la commune"),
        _c("code_departement", "text", "INSEE code of the department", "Code Insee du département"),
        _c("departement", "text", "Name of the department", "Nom du département"),
        _c("code_region", "text", "INSEE code of today's region", "Code Insee de la région actuelle"),
        _c("region", "text", "Name of today's region", "Nom de la région actuelle"),
        _c("place_level", "text", "Finest level known: commune, departement, region or none", "Niveau le plus fin connu : commune, departement, region ou none", required=True),
        _c("latitude", "float", "Latitude of the commune, WGS 84", "Latitude de la commune, WGS 84", unit="°"),
        _c("longitude", "float", "Longitude of the commune, WGS 84", "Longitude de la commune, WGS 84", unit="°"),
        _c("coordinates_source", "text", "Where the coordinates come from", "Origine des coordonnées"),
        _c("website", "text", "Website", "Site web"),
        _c("activity", "text", "Activity, as written", "Activité, telle qu'écrite"),
        _c("status", "text", "listed, not_said (no listing uses the word PTCE) or closed", "listed (recensé), not_said (aucune mention n'emploie le mot PTCE) ou closed (fermé)", required=True),
        _c("first_listed", "date", "Earliest date at which a listing surely names it", "Première date à laquelle une mention le nomme avec certitude"),
        _c("last_listed", "date", "Latest such date", "Dernière date de mention"),
        _c("start_date", "date", "It existed by then (world time), from dated evidence", "Il existait à cette date (temps du monde), d'après les preuves datées"),
        _c("end_date", "date", "It had closed by then (world time)", "Il avait fermé à cette date (temps du monde)"),
        _c("cohorts", "text", "Programme rounds it was laureate or witness of, separated by ' | '", "Vagues dont il est lauréat ou témoin, séparées par ' | '"),
        _c("n_listings", "int", "Listings that name it", "Mentions qui le nomment", required=True),
        _c("n_sources", "int", "Distinct pages among them", "Pages distinctes", required=True),
        _c("n_publishers", "int", "Distinct publishers among them", "Éditeurs distincts", required=True),
        _c("n_undecided", "int", "Undecided pairs that touch it", "Paires non tranchées qui le touchent", required=True),
    ),
    csv=True,
)

_LISTINGS = Table(
    "listings",
    "One row is a mention of a PTCE in a capture: what was written and what it was cleaned to.",
    "Une ligne est une mention d'un PTCE dans une capture : ce qui est écrit et sa forme nettoyée.",
    ("listing_id",),
    (
        _c("listing_id", "text", "Identifier of the mention", "Identifiant de la mention", required=True),
        _c("pole_id", "text", "The pole it names", "Le pôle qu'elle nomme", required=True),
        _c("source_id", "text", "Source in the catalogue", "Source du catalogue", required=True),
        _c("capture_sha256", "text", "sha256 of the bytes it was read from", "sha256 des octets lus", required=True),
        _c("record_no", "int", "Position in the capture, from 1", "Rang dans la capture, à partir de 1", required=True),
        _c("source_url", "text", "Page that names it", "Page qui le nomme"),
        _c("source_title", "text", "Title of the page", "Titre de la page"),
        _c("publisher", "text", "Publisher of the page", "Éditeur de la page"),
        _c("page_kind", "text", "Kind of page", "Type de page"),
        _c("source_date", "text", "Date of the page, as written", "Date de la page, telle qu'écrite"),
        _c("date_first", "date", "First day that date may mean", "Premier jour possible"),
        _c("date_last", "date", "Last day that date may mean", "Dernier jour possible"),
        _c("date_precision", "text", "day, month, year or none", "day, month, year ou none", required=True),
        _c("programme", "text", "Call round", "Vague d'appel"),
        _c("role", "text", "laureate, applicant or witness", "laureate (lauréat), applicant (candidat) ou witness (témoin)"),
        _c("name", "text", "Name as written", "Nom tel qu'écrit", required=True),
        _c("name_clean", "text", "Name without the words PTCE, quotes, bracketed place or carrier", "Nom sans les mots PTCE, guillemets, lieu ou porteur entre parenthèses"),
        _c("name_key", "text", "Name as compared: lower case, no accents, no articles", "Nom tel que comparé : minuscules, sans accents ni articles"),
        _c("carrier", "text", "Carrier as written", "Structure porteuse telle qu'écrite"),
        _c("carrier_key", "text", "Carrier as compared", "Structure porteuse telle que comparée"),
        _c("commune", "text", "Commune as written", "Commune telle qu'écrite"),
        _c("department", "text", "Department as written", "Département tel qu'écrit"),
        _c("region", "text", "Region as written", "Région telle qu'écrite"),
        _c("code_commune_insee", "text", "INSEE code of the commune found", "Code Insee de la commune trouvée"),
        _c("code_departement", "text", "INSEE code of the department found", "Code Insee du département trouvé"),
        _c("code_region", "text", "INSEE code of today's region found", "Code Insee de la région actuelle trouvée"),
        _c("place_level", "text", "Finest level found: commune, departement, region or none", "Niveau le plus fin trouvé : commune, departement, region ou none", required=True),
        _c("place_status", "text", "resolved, partial, ambiguous, unresolved, conflict or none", "resolved, partial, ambiguous, unresolved, conflict ou none", required=True),
        _c("place_note", "text", "Why the place is not fully resolved", "Pourquoi le lieu n'est pas résolu"),
        _c("status", "text", "Status as written", "Statut tel qu'écrit"),
        _c("activity", "text", "Activity as written", "Activité telle qu'écrite"),
        _c("website", "text", "Website as written", "Site web tel qu'écrit"),
        _c("website_domain", "text", "Domain of the website", "Domaine du site web"),
        _c("siren", "text", "SIREN, if valid", "SIREN, s'il est valide"),
        _c("said_ptce", "bool", "Whether the page uses the word PTCE", "La page emploie-t-elle le mot PTCE", required=True),
    ),
)

_VALUES = Table(
    "values",
    "One row is a value that a listing gives for a field of a pole, kept or not, and why.",
    "Une ligne est une valeur donnée par une mention pour un champ d'un pôle, retenue ou non, et pourquoi.",
    ("pole_id", "field", "value", "listing_id"),
    (
        _c("pole_id", "text", "The pole", "Le pôle", required=True),
        _c("field", "text", "Column of poles", "Colonne de poles", required=True),
        _c("value", "text", "The value", "La valeur", required=True),
        _c("listing_id", "text", "Listing that gives it", "Mention qui la donne", required=True),
        _c("source_url", "text", "Page of that listing", "Page de cette mention"),
        _c("kept", "bool", "Whether it is the value published", "Est-ce la valeur publiée", required=True),
        _c("reason", "text", "Code of the rule that decided", "Code de la règle qui a décidé", required=True),
    ),
)

_EDGES = Table(
    "edges",
    "One row is a scored pair of listings: linked, to review, or refused.",
    "Une ligne est une paire de mentions : liée, à revoir, ou refusée.",
    ("left", "right"),
    (
        _c("left", "text", "Listing", "Mention", required=True),
        _c("right", "text", "Listing", "Mention", required=True),
        _c("weight", "float", "Match weight", "Poids d'appariement", required=True, unit="bit"),
        _c("probability", "float", "Match probability", "Probabilité d'appariement", required=True),
        _c("verdict", "text", "link, review, veto or conflict", "link, review, veto ou conflict", required=True),
        _c("decided_by", "text", "matcher, or who judged", "matcher, ou la personne qui a jugé", required=True),
        _c("reasons", "text", "Waterfall as JSON: [[signal, values compared, weight], …]", "Cascade en JSON : [[signal, valeurs comparées, poids], …]", required=True),
    ),
)

_COUNTS = Table(
    "counts",
    "One row is the number of poles of a population in a territory at a date, with its interval.",
    "Une ligne est le nombre de pôles d'une population dans un territoire à une date, avec son intervalle.",
    ("population", "territory_level", "territory_code", "as_of"),
    (
        _c("population", "text", "Counting rule (METHOD.md), or cohort:<round>", "Règle de décompte (METHOD.md), ou cohort:<vague>", required=True),
        *_TERRITORY,
        _c("as_of", "date", "Date the world is described at", "Date décrite", required=True, volatile=True),
        _c("n", "int", "Poles counted", "Pôles comptés", required=True, unit="pole"),
        _c("low", "int", "Every undecided pair taken as one pole", "Chaque paire non tranchée prise comme un pôle", required=True, unit="pole"),
        _c("high", "int", "Every undecided pair taken as two poles", "Chaque paire non tranchée prise comme deux pôles", required=True, unit="pole"),
        _c("published", "int", "Published number of the cohort", "Effectif publié de la cohorte", unit="pole"),
        _c("coverage", "float", "n / published", "n / effectif publié"),
        _c("published_by", "text", "Claims that give it, separated by ' | '", "Affirmations qui le donnent, séparées par ' | '"),
    ),
    csv=True,
)

_SERIES = Table(
    "series",
    "One row is a population in a territory at the end of a month or a year: as it was known then, and as today's evidence says it was.",
    "Une ligne est une population dans un territoire à la fin d'un mois ou d'une année : telle qu'on la connaissait, et telle que la disent les preuves d'aujourd'hui.",
    ("population", "territory_level", "territory_code", "as_of"),
    (
        _c("population", "text", "Counting rule (METHOD.md)", "Règle de décompte (METHOD.md)", required=True),
        *_TERRITORY,
        _c("as_of", "date", "End of the month or year", "Fin du mois ou de l'année", required=True),
        _c("granularity", "text", "year (31 December), or month (any other month end; France only)", "year (31 décembre), ou month (autre fin de mois ; France seulement)", required=True),
        _c("known", "int", "Poles counted from what could be read by that day", "Pôles comptés d'après ce qui pouvait être lu ce jour-là", required=True, unit="pole"),
        _c("known_low", "int", "The same, every undecided pair taken as one pole", "De même, chaque paire non tranchée prise comme un pôle", required=True, unit="pole"),
        _c("backcast", "int", "Poles that today's evidence says were there that day, read later or not", "Pôles que les preuves d'aujourd'hui, lues depuis ou non, disent présents ce jour-là", required=True, unit="pole"),
        _c("backcast_low", "int", "The same, every undecided pair taken as one pole", "De même, chaque paire non tranchée prise comme un pôle", required=True, unit="pole"),
    ),
    csv=True,
)

_INDICATOR = Table(
    "indicator",
    "One row is the movement of a population in a territory between two dates.",
    "Une ligne est le mouvement d'une population dans un territoire entre deux dates.",
    ("population", "territory_level", "territory_code", "base_date", "target_date"),
    (
        _c("population", "text", "Counting rule (METHOD.md)", "Règle de décompte (METHOD.md)", required=True),
        *_TERRITORY,
        _c("base_date", "date", "Start of the period", "Début de la période", required=True, volatile=True),
        _c("target_date", "date", "End of the period", "Fin de la période", required=True, volatile=True),
        _c("years", "float", "Length of the period", "Durée de la période", required=True, unit="year"),
        _c("headline", "bool", "Whether it is the published headline", "Est-ce le chiffre mis en avant", required=True),
        _c("base", "int", "Count at the start", "Effectif au début", required=True, unit="pole"),
        _c("base_low", "int", "Low count at the start", "Effectif bas au début", required=True, unit="pole"),
        _c("base_high", "int", "High count at the start", "Effectif haut au début", required=True, unit="pole"),
        _c("target", "int", "Count at the end", "Effectif à la fin", required=True, unit="pole"),
        _c("target_low", "int", "Low count at the end", "Effectif bas à la fin", required=True, unit="pole"),
        _c("target_high", "int", "High count at the end", "Effectif haut à la fin", required=True, unit="pole"),
        _c("change", "int", "target − base", "fin − début", required=True, unit="pole"),
        _c("growth_pct", "float", "(target − base) / base; null when base is 0", "(fin − début) / début ; vide si le début est nul", unit="%"),
        _c("growth_low_pct", "float", "Lowest growth the undecided pairs allow", "Croissance la plus basse que permettent les paires non tranchées", unit="%"),
        _c("growth_high_pct", "float", "Highest growth they allow", "Croissance la plus haute", unit="%"),
        _c("interval_how", "text", "exact (every way to settle the undecided pairs was tried) or sampled", "exact (toutes les façons de trancher sont essayées) ou sampled (tirées au sort)", required=True),
        _c("multiplier", "float", "target / base", "fin / début"),
        _c("yearly_rate_pct", "float", "Compound yearly rate", "Taux annuel composé", unit="%"),
        _c("opened", "int", "Entered: poles that evidence says opened in the period", "Entrés : pôles dont une preuve dit qu'ils sont nés dans la période", required=True, unit="pole"),
        _c("discovered_late", "int", "Entered: poles first listed in the period, with nothing that says they opened in it", "Entrés : pôles mentionnés pour la première fois dans la période, sans preuve qu'ils y soient nés", required=True, unit="pole"),
        _c("reclassified", "int", "Entered: poles listed before, outside this population", "Entrés : pôles déjà mentionnés, hors de cette population", required=True, unit="pole"),
        _c("split", "int", "Entered: poles split off another since; 0 within one snapshot", "Entrés : pôles scindés d'un autre depuis ; 0 dans un même instantané", required=True, unit="pole"),
        _c("closed", "int", "Left: poles that evidence says closed", "Sortis : pôles qu'une preuve dit fermés", required=True, unit="pole"),
        _c("reclassified_out", "int", "Left: poles with nothing that says they closed (nothing names them any more, another stage)", "Sortis : pôles que rien ne dit fermés (plus rien ne les nomme, autre étape)", required=True, unit="pole"),
        _c("merged", "int", "Left: poles merged into another since; 0 within one snapshot", "Sortis : pôles fusionnés avec un autre depuis ; 0 dans un même instantané", required=True, unit="pole"),
        _c("constant_base", "int", "Count at the start from constant sources only", "Effectif au début, sources constantes", required=True, unit="pole"),
        _c("constant_target", "int", "Count at the end from constant sources only", "Effectif à la fin, sources constantes", required=True, unit="pole"),
        _c("constant_growth_pct", "float", "Growth on constant sources", "Croissance à sources constantes", unit="%"),
        _c("coverage_base", "float", "Laureates found / published, rounds known at the start", "Lauréats trouvés / publiés, vagues connues au début"),
        _c("coverage_target", "float", "Laureates found / published, rounds known at the end", "Lauréats trouvés / publiés, vagues connues à la fin"),
        _c("comparable", "bool", "Whether the two counts measure the same thing", "Les deux effectifs mesurent-ils la même chose", required=True),
        _c("comparable_why", "text", "Why not, or what to keep in mind: codes (METHOD.md) and sentences", "Pourquoi non, ou ce qu'il faut garder à l'esprit : codes (METHOD.md) et phrases, en anglais"),
        _c("comparable_why_fr", "text", "The same in French", "De même, en français"),
    ),
    csv=True,
)

_SENSITIVITY = Table(
    "sensitivity",
    "One row is the growth of a population in France over the headline period under one set of choices, in order of growth.",
    "Une ligne est la croissance d'une population en France sur la période mise en avant, sous un jeu de choix, par ordre de croissance.",
    ("population", "rank"),
    (
        _c("population", "text", "Counting rule (METHOD.md)", "Règle de décompte (METHOD.md)", required=True),
        _c("rank", "int", "Place in the curve of the population, from the lowest growth", "Rang dans la courbe de la population, de la plus basse croissance", required=True),
        _c("differs", "int", "Choices that are not the published ones (0: the published figure)", "Choix autres que ceux publiés (0 : le chiffre publié)", required=True),
        _c("link", "float", "Match weight from which two mentions are one pole", "Poids d'appariement à partir duquel deux mentions sont un pôle", required=True, unit="bit"),
        _c("review", "float", "Match weight from which a pair waits for a person", "Poids d'appariement à partir duquel une paire attend une décision", required=True, unit="bit"),
        _c("judgements", "bool", "Whether what people decided is applied", "Les décisions humaines sont-elles appliquées", required=True),
        _c("unlabelled", "bool", "Whether mentions that do not use the word PTCE count", "Les mentions sans le mot PTCE comptent-elles", required=True),
        _c("undated", "text", "Undated pages: held (from the day we held them), left_out, or before (there from the start of the period)", "Pages sans date : held (du jour où nous les avons eues), left_out (écartées) ou before (là dès le début de la période)", required=True),
        _c("basis", "text", "known (as known then) or backcast (as today's evidence says)", "known (tel qu'on le savait) ou backcast (tel que le disent les preuves d'aujourd'hui)", required=True),
        _c("active_years", "int", "Years of evidence that make a pole active", "Années de preuve qui font un pôle actif", unit="year"),
        _c("base_date", "date", "Start of the period", "Début de la période", required=True, volatile=True),
        _c("target_date", "date", "End of the period", "Fin de la période", required=True, volatile=True),
        _c("base", "int", "Count at the start", "Effectif au début", required=True, unit="pole"),
        _c("target", "int", "Count at the end", "Effectif à la fin", required=True, unit="pole"),
        _c("change", "int", "target − base", "fin − début", required=True, unit="pole"),
        _c("growth_pct", "float", "(target − base) / base; null when base is 0", "(fin − début) / début ; vide si le début est nul", unit="%"),
        _c("growth_low_pct", "float", "Lowest growth the undecided pairs allow", "Croissance la plus basse que permettent les paires non tranchées", unit="%"),
        _c("growth_high_pct", "float", "Highest growth they allow", "Croissance la plus haute", unit="%"),
    ),
    csv=True,
)

_CLAIMS = Table(
    "claims",
    "One row is a count or a growth that somebody published, and our verdict on it.",
    "Une ligne est un effectif ou une croissance publié par quelqu'un, et notre verdict.",
    ("claim_id",),
    (
        _c("claim_id", "text", "Identifier", "Identifiant", required=True),
        _c("kind", "text", "count or growth", "count (effectif) ou growth (croissance)", required=True),
        _c("claim_date", "text", "Date it is about, as written", "Date concernée, telle qu'écrite"),
        _c("date_first", "date", "First day that date may mean", "Premier jour possible"),
        _c("date_last", "date", "Last day that date may mean", "Dernier jour possible"),
        _c("territory", "text", "Territory, as written", "Territoire, tel qu'écrit"),
        _c("population", "text", "What is counted", "Ce qui est compté"),
        _c("programme", "text", "Call round", "Vague d'appel"),
        _c("qualifier", "text", "exact, about, at_least or range", "exact, about (environ), at_least (au moins) ou range"),
        _c("value", "float", "Published count, or stated growth in % for a growth", "Effectif publié, ou croissance annoncée en % pour une croissance"),
        _c("value_low", "float", "Low end of a published range", "Borne basse publiée"),
        _c("value_high", "float", "High end of a published range", "Borne haute publiée"),
        _c("base_value", "float", "Base given for a growth", "Base donnée pour une croissance"),
        _c("target_value", "float", "Target given for a growth", "Arrivée donnée pour une croissance"),
        _c("period_years", "float", "Length of the period", "Durée de la période", unit="year"),
        _c("worded_as", "text", "What the figure is said to be", "Ce que le chiffre est dit être"),
        _c("publisher", "text", "Who published it", "Qui l'a publié"),
        _c("source_url", "text", "Where", "Où"),
        _c("capture_sha256", "text", "sha256 of the ledger it was read from", "sha256 du registre lu", required=True),
        _c("record_no", "int", "Position in the ledger, from 1", "Rang dans le registre, à partir de 1", required=True),
        _c("verdict", "text", "consistent, rounded, arithmetic_error, mixed_populations, contradicted_by_other_claim, below_observed or unverifiable", "consistent, rounded, arithmetic_error, mixed_populations, contradicted_by_other_claim, below_observed ou unverifiable", required=True),
        _c("slip", "text", "Likely slip behind an arithmetic error", "Erreur probable derrière un calcul faux"),
        _c("computed", "float", "What we compute: a count, or a growth in %", "Ce que nous calculons : effectif, ou croissance en %"),
        _c("computed_multiplier", "float", "target / base for a growth", "arrivée / base pour une croissance"),
        _c("explanation_en", "text", "The verdict in one sentence", "Le verdict en une phrase (anglais)", required=True),
        _c("explanation_fr", "text", "The verdict in one sentence (French)", "Le verdict en une phrase", required=True),
        _c("compared_with", "text", "What it was compared with: claims, cohorts (cohort:aap-2013), populations at a day (listed@2023-03-01), separated by ' | '", "Ce à quoi elle a été comparée : affirmations, cohortes (cohort:aap-2013), populations à un jour (listed@2023-03-01), séparées par ' | '"),
    ),
    csv=True,
)

_COMPLETENESS = Table(
    "completeness",
    "One row is what a method says of how many poles a population has, those that no list names included; or why it says nothing.",
    "Une ligne est ce que dit une méthode du nombre de pôles d'une population, y compris ceux qu'aucune liste ne nomme ; ou pourquoi elle n'en dit rien.",
    ("population", "territory_level", "territory_code", "method"),
    (
        _c("population", "text", "Counting rule (METHOD.md), or cohort:<round>", "Règle de décompte (METHOD.md), ou cohort:<vague>", required=True),
        *_TERRITORY,
        _c("method", "text", "chapman, chao or loglinear", "chapman, chao (borne basse) ou loglinear", required=True),
        _c("as_of", "date", "Date the world is described at", "Date décrite", required=True, volatile=True),
        _c("n_named", "int", "Poles that all pages together name", "Pôles que nomment toutes les pages réunies", required=True, unit="pole"),
        _c("n_lists", "int", "Lists used (table lists)", "Listes employées (table lists)", required=True),
        _c("lists_used", "text", "Their numbers in table lists and their publishers, separated by ' | '", "Leurs numéros dans la table lists et leurs éditeurs, séparés par ' | '"),
        _c("n_on_lists", "int", "Poles on at least one of them", "Pôles présents sur l'une d'elles au moins", required=True, unit="pole"),
        _c("n_on_several", "int", "Poles on two of them or more", "Pôles présents sur deux d'entre elles ou plus", required=True, unit="pole"),
        _c("withheld", "bool", "Whether no estimate is given", "L'estimation est-elle retenue (non publiée)", required=True),
        _c("reasons", "text", "Codes of why it is withheld (METHOD.md), separated by ' | '", "Codes des raisons de ne pas la publier (METHOD.md), séparés par ' | '"),
        _c("reason_en", "text", "The same in words", "De même, en toutes lettres (anglais)"),
        _c("reason_fr", "text", "The same in words (French)", "De même, en toutes lettres"),
        _c("model", "text", "Log-linear terms: numbers of lists, and pairs that depend on each other", "Termes log-linéaires : numéros des listes, et paires dépendantes"),
        _c("estimate", "float", "Estimated size of the population (a lower bound for chao)", "Taille estimée de la population (borne basse pour chao)", unit="pole"),
        _c("standard_error", "float", "Its standard error", "Son erreur type", unit="pole"),
        _c("low", "int", "Low end of its 95 % interval", "Borne basse de l'intervalle à 95 %", unit="pole"),
        _c("high", "int", "High end of its 95 % interval", "Borne haute de l'intervalle à 95 %", unit="pole"),
        _c("completeness", "float", "n_named / estimate", "n_named / estimation"),
        _c("published", "int", "Published number of the cohort", "Effectif publié de la cohorte", unit="pole"),
        _c("published_inside", "bool", "Whether the interval holds it", "L'intervalle le contient-il"),
        _c("assumptions_en", "text", "What the method assumes", "Ce que suppose la méthode (anglais)", required=True),
        _c("assumptions_fr", "text", "What the method assumes (French)", "Ce que suppose la méthode", required=True),
    ),
    csv=True,
)

_LISTS = Table(
    "lists",
    "One row is a voice that names at least two poles of a population: pages that count as one list, and whether completeness uses it.",
    "Une ligne est une voix qui nomme au moins deux pôles d'une population : des pages qui comptent pour une liste, et si la complétude l'emploie.",
    ("population", "list_no"),
    (
        _c("population", "text", "Population of completeness", "Population de completeness", required=True),
        _c("list_no", "int", "Number, from the list that names most poles", "Numéro, depuis la liste qui nomme le plus de pôles", required=True),
        _c("publishers", "text", "Publishers of its pages, separated by ' | '", "Éditeurs de ses pages, séparés par ' | '", required=True),
        _c("n_poles", "int", "Poles of the population that it names", "Pôles de la population qu'elle nomme", required=True, unit="pole"),
        _c("n_pages", "int", "Pages of it that name them", "Ses pages qui les nomment", required=True),
        _c("first_date", "date", "Earliest date of a statement in them", "Première date d'énoncé"),
        _c("last_date", "date", "Latest such date", "Dernière date d'énoncé"),
        _c("used", "bool", "Whether it is used as a list of the population", "Est-elle employée comme liste de la population", required=True),
        _c("why_not", "text", "few_poles, one_region, one_call, no_list or smaller", "few_poles, one_region, one_call, no_list ou smaller"),
        _c("why_not_en", "text", "The same in words", "De même, en toutes lettres (anglais)"),
        _c("why_not_fr", "text", "The same in words (French)", "De même, en toutes lettres"),
        _c("grouped_en", "text", "Evidence that its pages are one voice", "Ce qui montre que ses pages sont une seule voix (anglais)"),
        _c("grouped_fr", "text", "Evidence that its pages are one voice (French)", "Ce qui montre que ses pages sont une seule voix"),
        _c("pages", "text", "Addresses of its pages, without scheme and www, separated by ' | '", "Adresses de ses pages, sans protocole ni www, séparées par ' | '", required=True),
        _c("poles", "text", "Ids of the poles it names, separated by ' | '", "Identifiants des pôles qu'elle nomme, séparés par ' | '", required=True),
    ),
    csv=True,
)

_CHANGES = Table(
    "changes",
    "One row is a difference from the previous snapshot.",
    "Une ligne est une différence avec la publication précédente.",
    ("pole_id", "kind", "field"),
    (
        _c("pole_id", "text", "The pole", "Le pôle", required=True),
        _c("kind", "text", "appeared, gone, merged, split, renamed or field", "appeared (apparu), gone (disparu), merged (fusionné), split (scindé), renamed (renommé) ou field", required=True),
        _c("field", "text", "Column that changed (empty for a whole pole)", "Colonne changée (vide pour un pôle entier)", required=True),
        _c("before", "text", "Value before", "Valeur avant"),
        _c("after", "text", "Value after", "Valeur après"),
    ),
)

_SOURCES = Table(
    "sources",
    "One row is the health of a source of the catalogue.",
    "Une ligne est l'état d'une source du catalogue.",
    ("source_id",),
    (
        _c("source_id", "text", "Source in the catalogue", "Source du catalogue", required=True),
        _c("title", "text", "Title", "Titre", required=True),
        _c("publisher", "text", "Publisher", "Éditeur", required=True),
        _c("url", "text", "Address", "Adresse", required=True),
        _c("licence", "text", "Licence", "Licence", required=True),
        _c("statement", "text", "What it states: listings, count_claims or growth_claims", "Ce qu'elle énonce : listings, count_claims ou growth_claims", required=True),
        _c("health", "text", "fresh, stale (last good capture in force) or missing", "fresh, stale (dernière capture valable en vigueur) ou missing", required=True),
        _c("capture_sha256", "text", "sha256 of the capture in force", "sha256 de la capture en vigueur"),
        _c("captured_on", "date", "Day those bytes were first retrieved", "Jour de première collecte de ces octets", volatile=True),
        _c("bytes", "int", "Size of the capture", "Taille de la capture", unit="byte"),
        _c("n_rows", "int", "Rows read", "Lignes lues", unit="row"),
        _c("min_rows", "int", "Fewest rows accepted", "Minimum de lignes accepté", required=True, unit="row"),
        _c("max_rows", "int", "Rows above which we warn", "Nombre de lignes au-delà duquel on alerte", required=True, unit="row"),
        _c("error", "text", "Why the last retrieval or reading failed", "Pourquoi la dernière collecte ou lecture a échoué"),
    ),
)

_ISSUES = Table(
    "issues",
    "One row is something wrong in the data: where, how bad, who must act.",
    "Une ligne est un défaut des données : où, sa gravité, qui doit agir.",
    ("issue_id",),
    (
        _c("issue_id", "text", "Identifier", "Identifiant", required=True),
        _c("stage", "text", "Stage that met it", "Étape qui l'a rencontré", required=True),
        _c("code", "text", "Kind of defect", "Type de défaut", required=True),
        _c("severity", "text", "critical, warning or info", "critical, warning ou info", required=True),
        _c("who", "text", "Who must act: us, publisher or nobody", "Qui doit agir : us (nous), publisher (l'éditeur) ou nobody", required=True),
        _c("message", "text", "What is wrong", "Ce qui ne va pas", required=True),
        _c("source_id", "text", "Source", "Source"),
        _c("listing_id", "text", "Listing", "Mention"),
        _c("field", "text", "Field", "Champ"),
        _c("value", "text", "Value met", "Valeur rencontrée"),
    ),
)

_CHECKS = Table(
    "checks",
    "One row is an expectation on a table and its result.",
    "Une ligne est une attente sur une table et son résultat.",
    ("check_id",),
    (
        _c("check_id", "text", "Identifier", "Identifiant", required=True),
        _c("table", "text", "Table checked", "Table vérifiée", required=True),
        _c("rule", "text", "Expectation", "Attente", required=True),
        _c("column", "text", "Columns concerned", "Colonnes concernées"),
        _c("severity", "text", "critical or warning", "critical ou warning", required=True),
        _c("passed", "bool", "Whether it holds", "Est-elle tenue", required=True),
        _c("observed", "text", "What was observed", "Ce qui est observé", volatile=True),
        _c("expected", "text", "What was expected", "Ce qui est attendu", volatile=True),
        _c("n_failed", "int", "Rows that break it", "Lignes en défaut", required=True),
        _c("failed_keys", "text", "Keys of the first such rows, separated by ' | '", "Clés des premières lignes en défaut, séparées par ' | '"),
    ),
)

# fmt: on

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _POLES,
        _LISTINGS,
        _VALUES,
        _EDGES,
        _COUNTS,
        _SERIES,
        _INDICATOR,
        _SENSITIVITY,
        _CLAIMS,
        _COMPLETENESS,
        _LISTS,
        _CHANGES,
        _SOURCES,
        _ISSUES,
        _CHECKS,
    )
}
