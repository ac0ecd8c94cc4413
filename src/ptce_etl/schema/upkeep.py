"""What a run says of itself: changes, sources, issues, checks."""

from __future__ import annotations

from ptce_etl.schema.types import Table, column

__all__ = ["CHANGES", "CHECKS", "ISSUES", "SOURCES"]

# fmt: off
# One column a line: this reads as the dictionary that it is.
CHANGES = Table(
    "changes",
    "One row is a difference from the previous snapshot.",
    "Une ligne est une différence avec la publication précédente.",
    ("pole_id", "kind", "field"),
    (
        column("pole_id", "text", "The pole", "Le pôle", required=True),
        column("kind", "text", "appeared, gone, merged, split, renamed or field", "appeared (apparu), gone (disparu), merged (fusionné), split (scindé), renamed (renommé) ou field", required=True),
        column("field", "text", "Column that changed (empty for a whole pole)", "Colonne changée (vide pour un pôle entier)", required=True),
        column("before", "text", "Value before", "Valeur avant"),
        column("after", "text", "Value after", "Valeur après"),
    ),
)

SOURCES = Table(
    "sources",
    "One row is the health of a source of the catalogue.",
    "Une ligne est l'état d'une source du catalogue.",
    ("source_id",),
    (
        column("source_id", "text", "Source in the catalogue", "Source du catalogue", required=True),
        column("title", "text", "Title", "Titre", required=True),
        column("publisher", "text", "Publisher", "Éditeur", required=True),
        column("url", "text", "Address", "Adresse", required=True),
        column("licence", "text", "Licence", "Licence", required=True),
        column("statement", "text", "What it states: listings, count_claims or growth_claims", "Ce qu'elle énonce : listings, count_claims ou growth_claims", required=True),
        column("health", "text", "fresh, stale (last good capture in force) or missing", "fresh, stale (dernière capture valable en vigueur) ou missing", required=True),
        column("capture_sha256", "text", "sha256 of the capture in force", "sha256 de la capture en vigueur"),
        column("captured_on", "date", "Day those bytes were first retrieved", "Jour de première collecte de ces octets", volatile=True),
        column("bytes", "int", "Size of the capture", "Taille de la capture", unit="byte"),
        column("n_rows", "int", "Rows read", "Lignes lues", unit="row"),
        column("min_rows", "int", "Fewest rows accepted", "Minimum de lignes accepté", required=True, unit="row"),
        column("max_rows", "int", "Rows above which we warn", "Nombre de lignes au-delà duquel on alerte", required=True, unit="row"),
        column("error", "text", "Why the last retrieval or reading failed", "Pourquoi la dernière collecte ou lecture a échoué"),
    ),
)

ISSUES = Table(
    "issues",
    "One row is something wrong in the data: where, how bad, who must act.",
    "Une ligne est un défaut des données : où, sa gravité, qui doit agir.",
    ("issue_id",),
    (
        column("issue_id", "text", "Identifier", "Identifiant", required=True),
        column("stage", "text", "Stage that met it", "Étape qui l'a rencontré", required=True),
        column("code", "text", "Kind of defect", "Type de défaut", required=True),
        column("severity", "text", "critical, warning or info", "critical, warning ou info", required=True),
        column("who", "text", "Who must act: us, publisher or nobody", "Qui doit agir : us (nous), publisher (l'éditeur) ou nobody", required=True),
        column("message", "text", "What is wrong", "Ce qui ne va pas", required=True),
        column("source_id", "text", "Source", "Source"),
        column("listing_id", "text", "Listing", "Mention"),
        column("field", "text", "Field", "Champ"),
        column("value", "text", "Value met", "Valeur rencontrée"),
    ),
)

CHECKS = Table(
    "checks",
    "One row is an expectation on a table and its result.",
    "Une ligne est une attente sur une table et son résultat.",
    ("check_id",),
    (
        column("check_id", "text", "Identifier", "Identifiant", required=True),
        column("table", "text", "Table checked", "Table vérifiée", required=True),
        column("rule", "text", "Expectation", "Attente", required=True),
        column("column", "text", "Columns concerned", "Colonnes concernées"),
        column("severity", "text", "critical or warning", "critical ou warning", required=True),
        column("passed", "bool", "Whether it holds", "Est-elle tenue", required=True),
        column("observed", "text", "What was observed", "Ce qui est observé", volatile=True),
        column("expected", "text", "What was expected", "Ce qui est attendu", volatile=True),
        column("n_failed", "int", "Rows that break it", "Lignes en défaut", required=True),
        column("failed_keys", "text", "Keys of the first such rows, separated by ' | '", "Clés des premières lignes en défaut, séparées par ' | '"),
    ),
)
