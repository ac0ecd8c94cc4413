"""Every number of the matcher, in one place, in bits (log2 of a likelihood ratio), with where it comes from.

A pair's match weight is a sum of bits, as in Fellegi and Sunter (1969, "A theory for record linkage"): a signal that is
2ⁿ times likelier between two listings of one pole than between listings of two poles adds n. Term frequencies follow
Winkler (1989): agreeing on a rare word says more than agreeing on "maison". The constants were set from how poles are
named in general (what a bracket, a carrier or a laureate list means), then checked on the labelled listings; none
mentions a particular pole. What belongs to one pole only (an alias nobody can read off the words) is a judgement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log2

from ptce_etl.clean.names import tokens

__all__ = ["GENERIC", "POLE", "SITES", "Weights"]


@dataclass(frozen=True, slots=True)
class Weights:
    """Bits, thresholds and caps. Changing one changes results: it is part of the code version of a snapshot."""

    # Words -----------------------------------------------------------------------------------------------
    background: int = 1500  # pseudo-count: how many names of French organisations the background stands for
    rare_bits: float = 13.0  # a word seen in no background list and once here
    generic_bits: float = 1.5  # a word of the trade: "maison", "solidaire", "pôle" (list below)
    pole_bits: float = 0.5  # a word that only says that this is a pole: "pôle", "cluster", "filière" (list below)
    place_bits: float = 6.5  # a word that is the name of a place: places recur, and are weighed by themselves as well
    place_twice: float = 0.75  # share lost by a place word that both listings give as their place as well
    shared_place: float = 7.0  # most that the place words of two names may add up to, unless the names are the same
    max_word_bits: float = 11.0

    # Names -----------------------------------------------------------------------------------------------
    exact_bonus: float = 7.0  # the whole name is the same: more than its words one by one
    near_bonus: float = (
        2.5  # the same but for words of the trade ("Maison de l'économie solidaire du Pays de X" / "Pays de X")
    )
    typo_ratio: float = 90.0  # letters alike (%), from which two spellings are one with a slip
    typo_length: int = 7  # … and how long they must be for that to mean anything
    typo_rest: float = 72.0  # letters alike (%) of what the two do not have in common word for word
    typo_cost: float = 1.5
    only_shorter: float = 0.9  # cost of a bit that only the poorer side has: both say something else
    only_longer: float = 0.22  # cost of a bit that only the richer side has: one says more
    explained: float = 0.65  # worth of a bit of name that the other side gives as carrier or place
    acronym_bits: tuple[float, ...] = (0.0, 0.0, 0.0, 6.0, 9.5, 11.0)  # by length; longer: the last
    acronym_rare: float = 8.0  # bits of a word that may be an acronym: a word that names use is none
    foreign: float = -6.5  # no telling word in common, and each has one of its own …
    foreign_bits: float = 5.0  # … worth this much: whatever else agrees, a person is asked
    territory_cap: float = 5.0  # most for a name of trade and place words only, and one that has words of its own
    name_agrees: float = 6.0  # from here the names agree, and what else stands on the page says nothing
    looks_alike: float = 3.0  # from here a pair that cannot be one pole is worth telling
    name_cap: float = 15.0
    namesake: float = 7.0  # bits lost by a name that stands in two departments alike: it may be two poles …
    common_name: float = 1.0  # … and each time they double from there
    letter_bits: float = 5.0  # most that each letter of a name can say: three letters are soon taken twice
    name_floor: float = -9.0
    behind: float = 7.5  # most for two parts that both stand behind another name ("…, au service de tous")

    # Carriers --------------------------------------------------------------------------------------------
    carrier_share: float = (
        0.85  # a carrier may carry several poles (none of the 111 labelled pairs with one carrier does)
    )
    carrier_place: float = 0.35  # worth of a place word that two carriers share
    carrier_cap: float = 9.5
    carrier_floor: float = -1.0  # carriers are written in many ways, and change
    as_carrier_cap: float = 7.5  # the name of one is the carrier of the other

    # Places ----------------------------------------------------------------------------------------------
    same_commune: float = 4.0
    same_departement: float = 2.5
    same_region: float = 1.0
    other_commune: float = -0.5  # same department: seat and site often differ
    other_departement: float = -7.0
    other_region: float = -9.0

    # The rest --------------------------------------------------------------------------------------------
    same_domain: float = 8.0
    same_round: float = 1.5  # both laureates (or witnesses) of one call: few names to be confused with
    same_list: float = -8.0  # two names on one list, each with words of its own (0 of 54 labelled pairs are one pole)
    same_long_article: float = -4.0  # an article that names four or more (0 of 80)
    same_short_article: float = 4.0  # an article that names two or three is about one pole (19 of 21)
    site_and_pole: float = -6.0  # "la ferme de X" and "X": one is a part of the other

    # Decision --------------------------------------------------------------------------------------------
    prior: float = -8.0  # one pair in 2⁸ among candidates of a few hundred listings
    few: int = 500  # listings for which that prior holds (see :meth:`Weights.among`)
    crowd_commune: float = 0.5  # bits that a common commune gains each time the listings double beyond those …
    crowd_departement: float = 0.25  # … and a common department; and that a whole name that is the same loses: the
    crowd_exact: float = 0.0  # more names there are, the more often two poles choose the same plain words
    link: float = 0.0
    crowd: int = 128_000  # listings from which a link takes a bit more each time they double: one wrong link joins two
    # whole groups, and the more names there are, the more groups a plain one stands between
    review: float = -5.7  # 2 chances in 100: below, hardly anything is worth a person's time
    far_doubts: int = 2  # links that each pair in two departments outweighs when two groups are to be joined
    exclusive_bits: float = 5.0  # names that share words and each name another place (Écopôle X / Écopôle Y): two poles

    def among(self, n: int) -> Weights:
        """These weights for ``n`` listings.

        Each doubling beyond ``few`` halves the chance that two listings drawn at random name one pole, and doubles how
        rare a word can be seen to be: what is rare grows in weight as fast as the prior falls, what is common does not.
        Beyond ``crowd`` listings a link takes one bit more for each doubling.
        """
        doublings = max(0.0, log2(n / self.few)) if n else 0.0
        grown = ("max_word_bits", "name_cap", "looks_alike")
        return replace(
            self,
            prior=self.prior - doublings,
            link=self.link + max(0.0, doublings - log2(self.crowd / self.few)),
            exact_bonus=max(0.0, self.exact_bonus - self.crowd_exact * doublings),
            same_commune=self.same_commune + self.crowd_commune * doublings,
            same_departement=self.same_departement + self.crowd_departement * doublings,
            **{name: getattr(self, name) + doublings for name in grown},
        )


# Words of the trade: what poles, carriers and programmes are called in general.
_TRADE = """
    accompagnement acteur action activite agence agglomeration agir aide alimentaire alimentation alternative
    ami animation associatif association atelier autonomie bassin batiment bien bio bois centre cite citoyen
    citoyenne climat cluster collaboration collaborative collectif collectivite comite commun communaute commune
    competence conseil construction construire cooperatif cooperation cooperative creatif creation creative
    culture culturel culturelle dechet demarche departement design developpement dispositif durable eco ecologie
    ecologique economie economique ecosysteme emergence emergent emploi energie ensemble entrepreneuriat
    entreprise environ environnement environnemental espace ess est experimentation fabrique filiere
    formation france grand grande groupement habitat haut haute homme hub image inclusion industrie industriel
    industrielle initiative innovant innovation insertion institut jardin jeune lab labo laboratoire lieu local
    locale logement maison mission mobilite mode mouvement musique national nature nord nouvelle numerique ouest
    ouvert parc partage partenariat patrimoine pays petit petite plan plateforme pole porte possible premier
    production produit programme projet quartier recherche recyclage regie region regional regionale
    reseau ressource rural rurale saint sainte sante service site social sociale sociaux societal
    solidaire solidarite sport structure sud syndicat terre territoire territorial territoriale textile tier
    tiers transition travail union unique urbain urbaine usage val vallee velo vert vie village ville vivre zone
"""
GENERIC = frozenset(tokens(_TRADE))

# Words that only say "pole", one as good as the other.
POLE = frozenset(tokens("pôle cluster filière projet démarche dispositif émergence émergent"))

# First words that name a site, a shop or a member, not the pole around it.
SITES = frozenset(
    tokens("boutique café épicerie ferme friche halle hôtel magasin recyclerie ressourcerie restaurant tiers usine")
)
