"""What is counted: poles, the listings that name them, the values they give, the pairs that were weighed.

And what public services say of the poles, which is counted nowhere.
"""

from __future__ import annotations

from ptce_etl.schema.types import Table, column

__all__ = ["EDGES", "ENRICHMENT", "LISTINGS", "POLES", "VALUES"]

# fmt: off
# One column a line: this reads as the dictionary that it is.
POLES = Table(
    "poles",
    "One row is a PTCE (the entity that listings name).",
    "Une ligne est un PTCE (l'entité que nomment les mentions).",
    ("pole_id",),
    (
        column("pole_id", "text", "Stable opaque identifier", "Identifiant stable et opaque", required=True),
        column("name", "text", "Name kept for the pole", "Nom retenu", required=True),
        column("aliases", "text", "Other spellings met, separated by ' | '", "Autres graphies, séparées par ' | '"),
        column("carrier", "text", "Carrying organisation (structure porteuse)", "Structure porteuse"),
        column("siren", "text", "SIREN of the carrier, 9 digits", "SIREN de la structure porteuse, 9 chiffres"),
        column("code_commune_insee", "text", "INSEE code of the commune (COG 2026)", "Code Insee de la commune (COG 2026)"),
        column("commune", "text", "Name of the commune", "Nom de la commune"),
        column("code_departement", "text", "INSEE code of the department", "Code Insee du département"),
        column("departement", "text", "Name of the department", "Nom du département"),
        column("code_region", "text", "INSEE code of today's region", "Code Insee de la région actuelle"),
        column("region", "text", "Name of today's region", "Nom de la région actuelle"),
        column("place_level", "text", "Finest level known: commune, departement, region or none", "Niveau le plus fin connu : commune, departement, region ou none", required=True),
        column("latitude", "float", "Latitude of the commune, WGS 84", "Latitude de la commune, WGS 84", unit="°"),
        column("longitude", "float", "Longitude of the commune, WGS 84", "Longitude de la commune, WGS 84", unit="°"),
        column("coordinates_source", "text", "Where the coordinates come from", "Origine des coordonnées"),
        column("website", "text", "Website", "Site web"),
        column("activity", "text", "Activity, as written", "Activité, telle qu'écrite"),
        column("status", "text", "listed, not_said (no listing uses the word PTCE) or closed", "listed (recensé), not_said (aucune mention n'emploie le mot PTCE) ou closed (fermé)", required=True),
        column("first_listed", "date", "Earliest date at which a listing surely names it", "Première date à laquelle une mention le nomme avec certitude"),
        column("last_listed", "date", "Latest such date", "Dernière date de mention"),
        column("start_date", "date", "It existed by then (world time), from dated evidence", "Il existait à cette date (temps du monde), d'après les preuves datées"),
        column("end_date", "date", "It had closed by then (world time)", "Il avait fermé à cette date (temps du monde)"),
        column("cohorts", "text", "Programme rounds it was laureate or witness of, separated by ' | '", "Vagues dont il est lauréat ou témoin, séparées par ' | '"),
        column("n_listings", "int", "Listings that name it", "Mentions qui le nomment", required=True),
        column("n_sources", "int", "Distinct pages among them", "Pages distinctes", required=True),
        column("n_publishers", "int", "Distinct publishers among them", "Éditeurs distincts", required=True),
        column("n_undecided", "int", "Undecided pairs that touch it", "Paires non tranchées qui le touchent", required=True),
    ),
    csv=True,
)

LISTINGS = Table(
    "listings",
    "One row is a mention of a PTCE in a capture: what was written and what it was cleaned to.",
    "Une ligne est une mention d'un PTCE dans une capture : ce qui est écrit et sa forme nettoyée.",
    ("listing_id",),
    (
        column("listing_id", "text", "Identifier of the mention", "Identifiant de la mention", required=True),
        column("pole_id", "text", "The pole it names", "Le pôle qu'elle nomme", required=True),
        column("source_id", "text", "Source in the catalogue", "Source du catalogue", required=True),
        column("capture_sha256", "text", "sha256 of the bytes it was read from", "sha256 des octets lus", required=True),
        column("record_no", "int", "Position in the capture, from 1", "Rang dans la capture, à partir de 1", required=True),
        column("source_url", "text", "Page that names it", "Page qui le nomme"),
        column("licence", "text", "Terms under which the row may be published again: facts, lov2 (Licence Ouverte 2.0) or cc0", "Conditions de réutilisation de la ligne : facts (faits), lov2 (Licence Ouverte 2.0) ou cc0"),
        column("source_title", "text", "Title of the page", "Titre de la page"),
        column("publisher", "text", "Publisher of the page", "Éditeur de la page"),
        column("page_kind", "text", "Kind of page", "Type de page"),
        column("source_date", "text", "Date of the page, as written", "Date de la page, telle qu'écrite"),
        column("date_first", "date", "First day that date may mean", "Premier jour possible"),
        column("date_last", "date", "Last day that date may mean", "Dernier jour possible"),
        column("date_precision", "text", "day, month, year or none", "day, month, year ou none", required=True),
        column("programme", "text", "Call round", "Vague d'appel"),
        column("role", "text", "laureate, applicant or witness", "laureate (lauréat), applicant (candidat) ou witness (témoin)"),
        column("name", "text", "Name as written", "Nom tel qu'écrit", required=True),
        column("name_clean", "text", "Name without the words PTCE, quotes, bracketed place or carrier", "Nom sans les mots PTCE, guillemets, lieu ou porteur entre parenthèses"),
        column("name_key", "text", "Name as compared: lower case, no accents, no articles", "Nom tel que comparé : minuscules, sans accents ni articles", public=False),
        column("carrier", "text", "Carrier as written", "Structure porteuse telle qu'écrite"),
        column("carrier_key", "text", "Carrier as compared", "Structure porteuse telle que comparée", public=False),
        column("commune", "text", "Commune as written", "Commune telle qu'écrite"),
        column("department", "text", "Department as written", "Département tel qu'écrit"),
        column("region", "text", "Region as written", "Région telle qu'écrite"),
        column("code_commune_insee", "text", "INSEE code of the commune found", "Code Insee de la commune trouvée"),
        column("code_departement", "text", "INSEE code of the department found", "Code Insee du département trouvé"),
        column("code_region", "text", "INSEE code of today's region found", "Code Insee de la région actuelle trouvée"),
        column("place_level", "text", "Finest level found: commune, departement, region or none", "Niveau le plus fin trouvé : commune, departement, region ou none", required=True),
        column("place_status", "text", "resolved, partial, ambiguous, unresolved, conflict or none", "resolved, partial, ambiguous, unresolved, conflict ou none", required=True),
        column("place_note", "text", "Why the place is not fully resolved", "Pourquoi le lieu n'est pas résolu"),
        column("status", "text", "Status as written", "Statut tel qu'écrit"),
        column("activity", "text", "Activity as written", "Activité telle qu'écrite"),
        column("website", "text", "Website as written", "Site web tel qu'écrit"),
        column("website_domain", "text", "Domain of the website", "Domaine du site web"),
        column("siren", "text", "SIREN, if valid", "SIREN, s'il est valide"),
        column("said_ptce", "bool", "Whether the page uses the word PTCE", "La page emploie-t-elle le mot PTCE", required=True),
    ),
)

VALUES = Table(
    "values",
    "One row is a value that a listing gives for a field of a pole, kept or not, and why.",
    "Une ligne est une valeur donnée par une mention pour un champ d'un pôle, retenue ou non, et pourquoi.",
    ("pole_id", "field", "value", "listing_id"),
    (
        column("pole_id", "text", "The pole", "Le pôle", required=True),
        column("field", "text", "Column of poles", "Colonne de poles", required=True),
        column("value", "text", "The value", "La valeur", required=True),
        column("listing_id", "text", "Listing that gives it", "Mention qui la donne", required=True),
        column("source_url", "text", "Page of that listing", "Page de cette mention"),
        column("kept", "bool", "Whether it is the value published", "Est-ce la valeur publiée", required=True),
        column("reason", "text", "Code of the rule that decided", "Code de la règle qui a décidé", required=True),
    ),
)

EDGES = Table(
    "edges",
    "One row is a scored pair of listings: linked, to review, or refused.",
    "Une ligne est une paire de mentions : liée, à revoir, ou refusée.",
    ("left", "right"),
    (
        column("left", "text", "Listing", "Mention", required=True),
        column("right", "text", "Listing", "Mention", required=True),
        column("weight", "float", "Match weight", "Poids d'appariement", required=True, unit="bit"),
        column("probability", "float", "Match probability", "Probabilité d'appariement", required=True),
        column("verdict", "text", "link, review, veto or conflict", "link, review, veto ou conflict", required=True),
        column("decided_by", "text", "matcher, or who judged", "matcher, ou la personne qui a jugé", required=True),
        column("reasons", "text", "Waterfall as JSON: [[signal, values compared, weight], …]", "Cascade en JSON : [[signal, valeurs comparées, poids], …]", required=True, public=False),
    ),
)

ENRICHMENT = Table(
    "enrichment",
    "One row is what a public service says of a pole's carrier or commune. Nothing is counted or matched from it; empty when no service was asked.",
    "Une ligne est ce qu'un service public dit de la structure porteuse ou de la commune d'un pôle. Rien n'en est compté ni apparié ; vide quand aucun service n'a été interrogé.",
    ("pole_id", "field"),
    (
        column("pole_id", "text", "The pole", "Le pôle", required=True),
        column("field", "text", "siren (of the carrier), coordinates (of the commune) or ess (carrier on the list of the ESS)", "siren (de la structure porteuse), coordinates (de la commune) ou ess (porteuse sur la liste de l'ESS)", required=True),
        column("asked", "text", "What was asked about: carrier as written, name of the commune, or SIREN", "Ce qui est demandé : structure porteuse telle qu'écrite, nom de la commune, ou SIREN", required=True),
        column("value", "text", "SIREN, INSEE code of the commune, or yes; missing when nothing is believed", "SIREN, code Insee de la commune, ou yes ; absent quand rien n'est retenu"),
        column("latitude", "float", "Latitude of the commune, WGS 84", "Latitude de la commune, WGS 84", unit="°"),
        column("longitude", "float", "Longitude of the commune, WGS 84", "Longitude de la commune, WGS 84", unit="°"),
        column("score", "float", "Score of the best answer, 0 to 1", "Score de la meilleure réponse, de 0 à 1"),
        column("runner_up", "float", "Score of the next one", "Score de la suivante"),
        column("threshold", "float", "A value is believed above this score", "Une valeur est retenue au-dessus de ce score", required=True),
        column("reason", "text", "found, below_threshold, homonyms (two fit about as well) or nothing (no answer fits)", "found (trouvé), below_threshold (sous le seuil), homonyms (deux conviennent presque autant) ou nothing (aucune réponse ne convient)", required=True),
        column("evidence", "text", "What the answer says of the best, as JSON", "Ce que la réponse dit de la meilleure, en JSON", public=False),
        column("service_id", "text", "Service that answered (services.yml)", "Service qui a répondu (services.yml)", required=True),
        column("licence", "text", "Terms under which the row may be published again: facts, lov2 (Licence Ouverte 2.0) or cc0", "Conditions de réutilisation de la ligne : facts (faits), lov2 (Licence Ouverte 2.0) ou cc0", required=True),
        column("url", "text", "The question", "La question", required=True),
        column("capture_sha256", "text", "sha256 of the answer, as it was kept", "sha256 de la réponse, telle que conservée", required=True),
        column("captured_on", "date", "Day that answer was first given to the question", "Jour où la question a reçu cette réponse pour la première fois", volatile=True),
    ),
)
