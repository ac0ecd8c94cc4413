"""What codes of the tables are called on the page, in French and English."""

from __future__ import annotations

from ptce_etl.report.typography import Lang

__all__ = [
    "EDGE_VERDICTS",
    "FIELDS",
    "HEALTH",
    "KINDS",
    "MOVES",
    "PAGE_KINDS",
    "POPULATIONS",
    "REASONS",
    "ROLES",
    "SIGNALS",
    "SLIPS",
    "STATUSES",
    "TABLE_TITLES",
    "VERDICTS",
    "Both",
    "said",
]

Both = tuple[str, str]  # French, English

POPULATIONS: dict[str, Both] = {
    "listed": ("Pôles recensés", "Listed poles"),
    "active": ("Pôles actifs", "Active poles"),
    "state_supported": ("Pôles soutenus par l'État", "State-supported poles"),
    "emerging": ("Pôles émergents", "Emerging poles"),
}
VERDICTS: dict[str, Both] = {
    "consistent": ("Concordant", "Consistent"),
    "rounded": ("Arrondi", "Rounded"),
    "arithmetic_error": ("Erreur de calcul", "Arithmetic error"),
    "mixed_populations": ("Compare deux choses", "Compares two things"),
    "contradicted_by_other_claim": ("Contredit par un autre", "Contradicted by another"),
    "below_observed": ("Inférieur à l'observé", "Below what is observed"),
    "unverifiable": ("Invérifiable", "Cannot be verified"),
}
STATUSES: dict[str, Both] = {
    "listed": ("recensé", "listed"),
    "not_said": ("mot PTCE absent", "word PTCE absent"),
    "closed": ("fermé", "closed"),
}
HEALTH: dict[str, Both] = {
    "fresh": ("À jour", "Up to date"),
    "stale": ("Ancienne capture en vigueur", "Older capture in force"),
    "missing": ("Absente", "Missing"),
}
MOVES: dict[str, Both] = {
    "opened": ("Nés dans la période", "Opened in the period"),
    "discovered_late": ("Découverts tard", "Discovered late"),
    "reclassified": ("Reclassés (entrés)", "Reclassified (entered)"),
    "split": ("Scindés", "Split"),
    "closed": ("Fermés", "Closed"),
    "reclassified_out": ("Sortis sans fermer", "Left, not closed"),
    "merged": ("Fusionnés", "Merged"),
}
EDGE_VERDICTS: dict[str, Both] = {
    "link": ("même pôle", "same pole"),
    "review": ("à trancher", "undecided"),
    "veto": ("pôles différents", "different poles"),
    "conflict": ("contradiction", "contradiction"),
}
SIGNALS: dict[str, Both] = {
    "name": ("nom", "name"),
    "carrier": ("structure porteuse", "carrier"),
    "place": ("lieu", "place"),
    "domain": ("site web", "website"),
    "round": ("vague d'appel", "call round"),
    "page": ("deux noms sur une page", "two names on one page"),
    "site": ("l'un nomme un lieu-dit, l'autre non", "one names a site, the other does not"),
    "prior": ("rareté d'un même pôle", "how rare one pole is"),
    "judgement": ("décision humaine", "a person's decision"),
}
REASONS: dict[str, Both] = {
    "only_value": ("seule valeur écrite", "the only value written"),
    "most_publishers": ("donnée par le plus d'éditeurs", "given by most publishers"),
    "fewer_publishers": ("donnée par moins d'éditeurs", "given by fewer publishers"),
    "latest": ("la plus récente", "the latest"),
    "older": ("plus ancienne", "older"),
    "first_written": ("la première dans l'ordre, à égalité", "first in order, others equal"),
    "worse_written": ("moins bien écrite", "worse written"),
    "finer_place": ("lieu le plus précis", "the finest place"),
    "coarser_place": ("lieu moins précis", "a coarser place"),
}
FIELDS: dict[str, Both] = {
    "name": ("Nom", "Name"),
    "carrier": ("Structure porteuse", "Carrier"),
    "siren": ("SIREN", "SIREN"),
    "code_commune_insee": ("Commune (code Insee)", "Commune (INSEE code)"),
    "code_departement": ("Département (code)", "Department (code)"),
    "code_region": ("Région (code)", "Region (code)"),
    "activity": ("Activité", "Activity"),
    "website": ("Site web", "Website"),
}
PAGE_KINDS: dict[str, Both] = {
    "article": ("article", "article"),
    "call results": ("résultats d'appel", "call results"),
    "witness list": ("liste de témoins", "witness list"),
    "national directory": ("annuaire national", "national directory"),
    "regional directory": ("annuaire régional", "regional directory"),
    "call applications": ("candidatures", "call applications"),
    "thematic directory": ("annuaire thématique", "thematic directory"),
}
ROLES: dict[str, Both] = {
    "laureate": ("lauréat", "laureate"),
    "witness": ("témoin", "witness"),
    "applicant": ("candidat", "applicant"),
}
KINDS: dict[str, Both] = {
    "appeared": ("apparu", "appeared"),
    "gone": ("disparu", "gone"),
    "merged": ("fusionné", "merged"),
    "split": ("scindé", "split"),
    "renamed": ("renommé", "renamed"),
    "field": ("champ modifié", "field changed"),
}
SLIPS: dict[str, Both] = {
    "ratio read as an increase": ("le rapport a été lu comme une hausse", "the ratio was read as an increase"),
}
TABLE_TITLES: dict[str, Both] = {
    "poles": ("Pôles", "Poles"),
    "listings": ("Mentions", "Listings"),
    "values": ("Valeurs retenues et écartées", "Values kept and set aside"),
    "edges": ("Paires comparées", "Pairs compared"),
    "enrichment": ("Services publics interrogés", "Public services asked"),
    "counts": ("Effectifs", "Counts"),
    "series": ("Séries", "Series"),
    "indicator": ("Indicateur de croissance", "Growth indicator"),
    "sensitivity": ("Sensibilité", "Sensitivity"),
    "claims": ("Chiffres publiés par d'autres", "Figures published by others"),
    "completeness": ("Complétude", "Completeness"),
    "lists": ("Listes comparées", "Lists compared"),
    "changes": ("Changements", "Changes"),
    "sources": ("Sources", "Sources"),
    "issues": ("Défauts signalés", "Issues"),
    "checks": ("Vérifications", "Checks"),
    "ptce": ("Toutes les tables, en un classeur", "All the tables, in a workbook"),
    "CHANGES": ("Changements, en phrases", "Changes, in sentences"),
    "CITATION": ("Citation, pour les outils", "Citation, for tools"),
    "validation": ("Rapport de validation", "Validation report (in French)"),
    "datapackage": ("Description, pour les outils", "Description, for tools"),
    "dcat": ("Notice, pour les portails", "Record, for data portals"),
    "schema-org": ("Notice, pour les moteurs", "Record, for search engines"),
}


def said(words: dict[str, Both], code: str, lang: Lang) -> str:
    """What ``code`` is called; the code itself when nobody named it yet."""
    return words[code][lang == "en"] if code in words else code
