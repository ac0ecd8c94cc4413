"""Each rule in words, for readers: French, then English. Data only."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["RULES", "Words"]


class Words(NamedTuple):
    """A rule as a statement that holds when the check passes."""

    fr: str
    en: str


RULES: dict[str, Words] = {
    "as_counted": Words("Les effectifs sont ceux des décomptes", "The numbers are those of the counts"),
    "as_many": Words("Une liste nomme autant de pôles qu’elle le dit", "A list names as many poles as it says"),
    "as_measured": Words(
        "Sous les choix publiés, c’est le chiffre publié", "Under the published choices it is the published figure"
    ),
    "as_published": Words(
        "La valeur retenue est celle de la fiche du pôle", "The value kept is the one published for the pole"
    ),
    "at_most_poles": Words("Aucun décompte ne dépasse le nombre de pôles", "No count exceeds the number of poles"),
    "believed": Words(
        "Une valeur de service public n’est retenue qu’au-dessus du seuil, et dite trouvée",
        "A public service's value is believed above the threshold only, and said to be found",
    ),
    "capture_in_force": Words(
        "Chaque mention vient de la capture en vigueur de sa source",
        "Each listing comes from the capture in force of its source",
    ),
    "catalogue": Words(
        "Toutes les sources du catalogue, et elles seules, sont suivies",
        "All the sources of the catalogue, and no other, are reported on",
    ),
    "closed_has_end": Words(
        "Un pôle est fermé si, et seulement si, il a une date de fin",
        "A pole is closed if and only if it has an end date",
    ),
    "cluster_size": Words(
        "Aucun pôle ne réunit un nombre impossible de mentions", "No pole gathers an impossible number of listings"
    ),
    "cluster_watch": Words(
        "Aucun pôle ne réunit un nombre inhabituel de mentions", "No pole gathers an unusual number of listings"
    ),
    "cohort": Words(
        "Aucune vague ne compte plus de pôles que de lauréats publiés",
        "No round has more poles than published laureates",
    ),
    "counted": Words(
        "Le nombre de mentions d’un pôle est celui de ses mentions", "The listings of a pole are as many as it says"
    ),
    "departements_sum": Words(
        "La somme des départements est le total de la France", "The departments add up to France"
    ),
    "enough_rows": Words(
        "Chaque source donne au moins le minimum de lignes attendu",
        "Each source gives at least the fewest rows expected",
    ),
    "explained": Words(
        "Ce qui est écarté ou non comparable dit pourquoi", "What is set aside or not comparable says why"
    ),
    "few_enough_rows": Words(
        "Aucune source ne donne plus de lignes qu’attendu", "No source gives more rows than expected"
    ),
    "fill": Words("La colonne est assez remplie", "The column is filled enough"),
    "headline": Words(
        "Un chiffre en avant par population prévue, et aucun autre",
        "One headline for each headline population, and no other",
    ),
    "headline_counted": Words(
        "Les populations mises en avant sont comptées pour la France", "The headline populations are counted for France"
    ),
    "in_order": Words("Les dates se suivent", "Dates follow one another"),
    "in_territory": Words(
        "Les coordonnées tombent dans le territoire du pôle", "The coordinates fall in the territory of the pole"
    ),
    "known_field": Words("Le champ existe dans la table des pôles", "The field exists in the table of poles"),
    "known_listing": Words("La mention existe, et elle nomme ce pôle", "The listing exists, and names that pole"),
    "known_pole": Words("Chaque pôle nommé existe", "Each pole that is named exists"),
    "known_programme": Words("La vague d’appel est connue", "The call round is known"),
    "known_source": Words("La source est dans le catalogue", "The source is in the catalogue"),
    "link_together": Words("Deux mentions liées nomment le même pôle", "Two linked listings name the same pole"),
    "movement": Words("Le mouvement s’additionne à l’unité près", "The movement adds up to the unit"),
    "none_critical": Words(
        "Aucun défaut critique n’est signalé dans les données", "No critical defect is reported in the data"
    ),
    "not_negative": Words("Aucun nombre n’est négatif", "No number is negative"),
    "one_a_pair": Words("Une paire de mentions n’a qu’une ligne", "A pair of listings has one row"),
    "one_kept": Words("Une seule valeur est retenue par champ", "One value is kept for each field"),
    "one_of": Words("La valeur est dans la liste prévue", "The value is in the list"),
    "order": Words("Les dates et les nombres sont dans le bon ordre", "Dates and numbers are in the right order"),
    "pattern": Words("L’identifiant ou le code est bien formé", "The identifier or code is well formed"),
    "place": Words("Les codes de lieu s’accordent entre eux", "The place codes agree with one another"),
    "plausible_date": Words("La date de la page est plausible", "The date of the page is plausible"),
    "position": Words("Une ligne de capture donne une seule mention", "A row of a capture gives one listing"),
    "positive": Words("Le nombre est positif", "The number is positive"),
    "readable": Words("Les raisons se lisent (JSON)", "The reasons can be read (JSON)"),
    "recomputed": Words("Le calcul refait donne le même résultat", "Worked out again, the figure is the same"),
    "regions_2015_sum": Words(
        "La somme des régions d’avant 2016 est le total de la France", "The regions of before 2016 add up to France"
    ),
    "regions_sum": Words("La somme des régions est le total de la France", "The regions add up to France"),
    "required": Words("Aucune cellule obligatoire n’est vide", "No required cell is empty"),
    "rows_max": Words("La table n’a pas trop de lignes", "The table does not have too many rows"),
    "rows_min": Words("La table a assez de lignes", "The table has enough rows"),
    "rows_read": Words("Aucune ligne lue dans une source n’est perdue", "No row read from a source is lost"),
    "schema": Words("Les colonnes et leurs types sont ceux du schéma", "Columns and types are those of the schema"),
    "sentinels": Words(
        "Les pôles témoins de chaque source sont présents", "The sentinel poles of each source are there"
    ),
    "share": Words("La part est comprise entre 0 et 1", "The share is between 0 and 1"),
    "shrink": Words(
        "Peu de lignes ont disparu depuis la publication précédente", "Few rows have gone since the previous snapshot"
    ),
    "sum": Words(
        "Les mentions des pôles font le total des mentions", "The listings of the poles add up to all listings"
    ),
    "two_listings": Words("Une paire relie deux mentions différentes", "A pair joins two different listings"),
    "unique": Words("La clé est unique", "The key is unique"),
    "up_to_date": Words("Toutes les sources sont à jour", "All sources are fresh"),
    "veto_apart": Words(
        "Deux mentions déclarées différentes nomment deux pôles", "Two listings known to differ name two poles"
    ),
    "web_address": Words("L’adresse de la page est une adresse web", "The address of the page is a web address"),
    "withheld": Words(
        "Une estimation est donnée, ou retenue avec sa raison", "An estimate is given, or withheld with its reason"
    ),
}
