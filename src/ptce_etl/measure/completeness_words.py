"""What is said beside an estimate, or in its place: assumptions and reasons, in English and in French."""

from __future__ import annotations

from collections.abc import Iterable

from ptce_etl.measure.bearing import FEWEST_SHARED, SAME_YEARS
from ptce_etl.measure.lists import BOUND, FEWEST_PAGES, FEWEST_POLES
from ptce_etl.measure.wording import NBSP, NNBSP, Both, number, percent

__all__ = ["NOT_USED", "REASONS", "assumptions", "sentences"]

_YEARS = percent(100 * SAME_YEARS)
_BOUND = percent(100 * BOUND)

REASONS: dict[str, Both] = {
    "no_list": (
        "no list claims any generality for this population",
        "aucune liste ne prétend à quelque généralité pour cette population",
    ),
    "one_list": (
        "only one list claims some generality, and there is none to compare it with",
        "une seule liste prétend à quelque généralité, et rien ne permet de la comparer",
    ),
    "two_lists": (
        "this method wants three lists, and there are two: see chapman",
        f"cette méthode demande trois listes, et il y en a deux{NBSP}: voir chapman",
    ),
    "more_lists": (
        "there are more than two lists: see loglinear and chao, which use them all",
        f"il y a plus de deux listes{NBSP}: voir loglinear et chao, qui les emploient toutes",
    ),
    "few_shared": (
        f"fewer than {FEWEST_SHARED} poles stand on two lists or more",
        f"moins de {FEWEST_SHARED} pôles figurent sur deux listes ou plus",
    ),
    "apart": (
        "one list shares no pole with any other",
        "une liste n'a aucun pôle en commun avec les autres",
    ),
    "undated": (
        "one list has no date, and the population changes with time",
        "une liste n'a pas de date, et la population change avec le temps",
    ),
    "other_years": (
        f"two lists share less than {_YEARS[0]} of the years they speak of, and the population changes with time",
        f"deux listes ont en commun moins de {_YEARS[1]} des années dont elles parlent, et la population change avec "
        "le temps",
    ),
    "many_years": (
        "the lists spread over too many years for the population to have stayed the same",
        "les listes s'étalent sur trop d'années pour que la population soit restée la même",
    ),
    "unequal": (
        "the lists show that poles are not equally easy to find, so that the estimate would be too low: see chao",
        "les listes montrent que les pôles ne sont pas aussi faciles à trouver les uns que les autres, et l'estimation "
        f"serait trop basse{NBSP}: voir chao",
    ),
    "models_differ": (
        "models that fit the lists about as well disagree on the size",
        "des modèles qui rendent compte des listes à peu près aussi bien donnent des tailles différentes",
    ),
    "lists_avoid": (
        "two lists share fewer poles than chance gives, and the figure would be no lower bound",
        "deux listes ont moins de pôles communs que n'en donne le hasard, et le chiffre ne serait pas une borne basse",
    ),
    "too_wide": (
        "the interval would be wider than the estimate itself",
        "l'intervalle serait plus large que l'estimation elle-même",
    ),
    "below_named": (
        "the estimate would be lower than the number of poles already named, so that what it assumes is false",
        f"l'estimation serait inférieure au nombre de pôles déjà nommés{NBSP}: ce qu'elle suppose est donc faux",
    ),
}

NOT_USED: dict[str, Both] = {
    "few_poles": (
        f"it names fewer than {number(FEWEST_POLES)[0]} poles of the population",
        f"elle nomme moins de {number(FEWEST_POLES)[1]} pôles de la population",
    ),
    "one_region": (
        f"at least {_BOUND[0]} of the poles it names lie in one region",
        f"au moins {_BOUND[1]} des pôles qu'elle nomme sont d'une même région",
    ),
    "one_call": (
        f"at least {_BOUND[0]} of the poles it names are given as those of one call round",
        f"au moins {_BOUND[1]} des pôles qu'elle nomme le sont au titre d'un même appel",
    ),
    "no_list": (
        f"none of its pages is a list, and fewer than {FEWEST_PAGES} of them name poles of the population",
        f"aucune de ses pages n'est une liste, et moins de {FEWEST_PAGES} nomment des pôles de la population",
    ),
    "smaller": (
        "the estimate takes the four largest lists",
        "l'estimation prend les quatre listes les plus longues",
    ),
}

_COHORT: Both = (
    "The laureates or witnesses of a call are a fixed set.",
    "Les lauréats ou témoins d'un appel forment un ensemble fixe.",
)
_OPEN: Both = (
    "No pole joined or left the population in the years of the lists.",
    "Aucun pôle n'a rejoint ni quitté la population dans les années des listes.",
)
_ALWAYS: Both = (
    "Each pole could stand on each list, and is recognised as the same under its various spellings (undecided pairs "
    "are taken as two poles).",
    "Chaque pôle pouvait figurer sur chaque liste, et est reconnu sous ses diverses graphies (une paire non tranchée "
    "compte pour deux pôles).",
)
_METHODS: dict[str, Both] = {
    "chapman": (
        "Being on one list makes a pole neither more nor less likely to be on the other, and poles are equally easy to "
        "find: two lists alone cannot show whether that is so. Well-known poles on both lists make the estimate too "
        "low.",
        "Figurer sur une liste ne rend un pôle ni plus ni moins susceptible de figurer sur l'autre, et les pôles sont "
        f"aussi faciles à trouver les uns que les autres{NBSP}: deux listes seules ne peuvent le montrer. Des pôles "
        "connus, présents sur les deux, rendent l'estimation trop basse.",
    ),
    "chao": (
        "Poles may be more or less easy to find, so that the figure is a lower bound: at least so many. Lists do not "
        "depend on each other in another way.",
        f"Les pôles peuvent être plus ou moins faciles à trouver{NBSP}: le chiffre est donc une borne basse, au moins "
        "tant. Les listes ne dépendent pas autrement les unes des autres.",
    ),
    "loglinear": (
        "Lists depend on each other by pairs at most, as the chosen model says, and poles are otherwise equally easy "
        "to find. Well-known poles on every list make the estimate too low.",
        "Les listes ne dépendent les unes des autres que deux à deux, comme le dit le modèle retenu, et les pôles sont "
        "par ailleurs aussi faciles à trouver les uns que les autres. Des pôles connus, présents partout, rendent "
        "l'estimation trop basse.",
    ),
}


def assumptions(method: str, *, moves: bool) -> Both:
    """What an estimate by ``method`` assumes; ``moves``: the population is no closed cohort."""
    parts = (_OPEN if moves else _COHORT, _ALWAYS, _METHODS[method])
    return " ".join(part[0] for part in parts), " ".join(part[1] for part in parts)


def sentences(codes: Iterable[str], words: dict[str, Both]) -> Both:
    """The ``words`` of several codes as one sentence."""
    said = [words[code] for code in codes]
    return "; ".join(one[0] for one in said), f"{NNBSP}; ".join(one[1] for one in said)
