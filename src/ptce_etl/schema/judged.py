"""What others published, and what no list shows: claims, completeness, its lists."""

from __future__ import annotations

from ptce_etl.schema.territory import TERRITORY
from ptce_etl.schema.types import Table, column

__all__ = ["CLAIMS", "COMPLETENESS", "LISTS"]

# fmt: off
# One column a line: this reads as the dictionary that it is.
CLAIMS = Table(
    "claims",
    "One row is a count or a growth that somebody published, and our verdict on it.",
    "Une ligne est un effectif ou une croissance publié par quelqu'un, et notre verdict.",
    ("claim_id",),
    (
        column("claim_id", "text", "Identifier", "Identifiant", required=True),
        column("kind", "text", "count or growth", "count (effectif) ou growth (croissance)", required=True),
        column("claim_date", "text", "Date it is about, as written", "Date concernée, telle qu'écrite"),
        column("date_first", "date", "First day that date may mean", "Premier jour possible"),
        column("date_last", "date", "Last day that date may mean", "Dernier jour possible"),
        column("territory", "text", "Territory, as written", "Territoire, tel qu'écrit"),
        column("population", "text", "What is counted", "Ce qui est compté"),
        column("programme", "text", "Call round", "Vague d'appel"),
        column("qualifier", "text", "exact, about, at_least or range", "exact, about (environ), at_least (au moins) ou range"),
        column("value", "float", "Published count, or stated growth in % for a growth", "Effectif publié, ou croissance annoncée en % pour une croissance"),
        column("value_low", "float", "Low end of a published range", "Borne basse publiée"),
        column("value_high", "float", "High end of a published range", "Borne haute publiée"),
        column("base_value", "float", "Base given for a growth", "Base donnée pour une croissance"),
        column("target_value", "float", "Target given for a growth", "Arrivée donnée pour une croissance"),
        column("period_years", "float", "Length of the period", "Durée de la période", unit="year"),
        column("worded_as", "text", "What the figure is said to be", "Ce que le chiffre est dit être"),
        column("publisher", "text", "Who published it", "Qui l'a publié"),
        column("source_url", "text", "Where", "Où"),
        column("capture_sha256", "text", "sha256 of the ledger it was read from", "sha256 du registre lu", required=True),
        column("record_no", "int", "Position in the ledger, from 1", "Rang dans le registre, à partir de 1", required=True),
        column("verdict", "text", "consistent, rounded, arithmetic_error, mixed_populations, contradicted_by_other_claim, below_observed or unverifiable", "consistent, rounded, arithmetic_error, mixed_populations, contradicted_by_other_claim, below_observed ou unverifiable", required=True),
        column("slip", "text", "Likely slip behind an arithmetic error", "Erreur probable derrière un calcul faux"),
        column("computed", "float", "What we compute: a count, or a growth in %", "Ce que nous calculons : effectif, ou croissance en %"),
        column("computed_multiplier", "float", "target / base for a growth", "arrivée / base pour une croissance"),
        column("explanation_en", "text", "The verdict in one sentence", "Le verdict en une phrase (anglais)", required=True),
        column("explanation_fr", "text", "The verdict in one sentence (French)", "Le verdict en une phrase", required=True),
        column("compared_with", "text", "What it was compared with: claims, cohorts (cohort:aap-2013), populations at a day (listed@2023-03-01), separated by ' | '", "Ce à quoi elle a été comparée : affirmations, cohortes (cohort:aap-2013), populations à un jour (listed@2023-03-01), séparées par ' | '"),
    ),
    csv=True,
)

COMPLETENESS = Table(
    "completeness",
    "One row is what a method says of how many poles a population has, those that no list names included; or why it says nothing.",
    "Une ligne est ce que dit une méthode du nombre de pôles d'une population, y compris ceux qu'aucune liste ne nomme ; ou pourquoi elle n'en dit rien.",
    ("population", "territory_level", "territory_code", "method"),
    (
        column("population", "text", "Counting rule (METHOD.md), or cohort:<round>", "Règle de décompte (METHOD.md), ou cohort:<vague>", required=True),
        *TERRITORY,
        column("method", "text", "chapman, chao or loglinear", "chapman, chao (borne basse) ou loglinear", required=True),
        column("as_of", "date", "Date the world is described at", "Date décrite", required=True, volatile=True),
        column("n_named", "int", "Poles that all pages together name", "Pôles que nomment toutes les pages réunies", required=True, unit="pole"),
        column("n_lists", "int", "Lists used (table lists)", "Listes employées (table lists)", required=True),
        column("lists_used", "text", "Their numbers in table lists and their publishers, separated by ' | '", "Leurs numéros dans la table lists et leurs éditeurs, séparés par ' | '"),
        column("n_on_lists", "int", "Poles on at least one of them", "Pôles présents sur l'une d'elles au moins", required=True, unit="pole"),
        column("n_on_several", "int", "Poles on two of them or more", "Pôles présents sur deux d'entre elles ou plus", required=True, unit="pole"),
        column("withheld", "bool", "Whether no estimate is given", "L'estimation est-elle retenue (non publiée)", required=True),
        column("reasons", "text", "Codes of why it is withheld (METHOD.md), separated by ' | '", "Codes des raisons de ne pas la publier (METHOD.md), séparés par ' | '"),
        column("reason_en", "text", "The same in words", "De même, en toutes lettres (anglais)"),
        column("reason_fr", "text", "The same in words (French)", "De même, en toutes lettres"),
        column("model", "text", "Log-linear terms: numbers of lists, and pairs that depend on each other", "Termes log-linéaires : numéros des listes, et paires dépendantes"),
        column("estimate", "float", "Estimated size of the population (a lower bound for chao)", "Taille estimée de la population (borne basse pour chao)", unit="pole"),
        column("standard_error", "float", "Its standard error", "Son erreur type", unit="pole"),
        column("low", "int", "Low end of its 95 % interval", "Borne basse de l'intervalle à 95 %", unit="pole"),
        column("high", "int", "High end of its 95 % interval", "Borne haute de l'intervalle à 95 %", unit="pole"),
        column("completeness", "float", "n_named / estimate", "n_named / estimation"),
        column("published", "int", "Published number of the cohort", "Effectif publié de la cohorte", unit="pole"),
        column("published_inside", "bool", "Whether the interval holds it", "L'intervalle le contient-il"),
        column("assumptions_en", "text", "What the method assumes", "Ce que suppose la méthode (anglais)", required=True),
        column("assumptions_fr", "text", "What the method assumes (French)", "Ce que suppose la méthode", required=True),
    ),
    csv=True,
)

LISTS = Table(
    "lists",
    "One row is a voice that names at least two poles of a population: pages that count as one list, and whether completeness uses it.",
    "Une ligne est une voix qui nomme au moins deux pôles d'une population : des pages qui comptent pour une liste, et si la complétude l'emploie.",
    ("population", "list_no"),
    (
        column("population", "text", "Population of completeness", "Population de completeness", required=True),
        column("list_no", "int", "Number, from the list that names most poles", "Numéro, depuis la liste qui nomme le plus de pôles", required=True),
        column("publishers", "text", "Publishers of its pages, separated by ' | '", "Éditeurs de ses pages, séparés par ' | '", required=True),
        column("n_poles", "int", "Poles of the population that it names", "Pôles de la population qu'elle nomme", required=True, unit="pole"),
        column("n_pages", "int", "Pages of it that name them", "Ses pages qui les nomment", required=True),
        column("first_date", "date", "Earliest date of a statement in them", "Première date d'énoncé"),
        column("last_date", "date", "Latest such date", "Dernière date d'énoncé"),
        column("used", "bool", "Whether it is used as a list of the population", "Est-elle employée comme liste de la population", required=True),
        column("why_not", "text", "few_poles, one_region, one_call, no_list or smaller", "few_poles, one_region, one_call, no_list ou smaller"),
        column("why_not_en", "text", "The same in words", "De même, en toutes lettres (anglais)"),
        column("why_not_fr", "text", "The same in words (French)", "De même, en toutes lettres"),
        column("grouped_en", "text", "Evidence that its pages are one voice", "Ce qui montre que ses pages sont une seule voix (anglais)"),
        column("grouped_fr", "text", "Evidence that its pages are one voice (French)", "Ce qui montre que ses pages sont une seule voix"),
        column("pages", "text", "Addresses of its pages, without scheme and www, separated by ' | '", "Adresses de ses pages, sans protocole ni www, séparées par ' | '", required=True),
        column("poles", "text", "Ids of the poles it names, separated by ' | '", "Identifiants des pôles qu'elle nomme, séparés par ' | '", required=True),
    ),
    csv=True,
)
