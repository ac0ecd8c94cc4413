"""Names as written → as compared. Every spelling below stands on a real page, or is the same quirk made plain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.clean import folding, names
from ptce_etl.clean.names import acronym, clean_name, compact, fold, name_key


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("PTCE Gâtinais Montargois", "Gâtinais Montargois"),
        ("P.T.C.E. du Haut-Doubs", "Haut-Doubs"),
        ("Pôle territorial de coopération économique (P.T.C.E.) du Haut-Doubs", "Haut-Doubs"),
        ("Le Pôle Territorial de Coopération Économique (PTCE) d’Ancenis", "Ancenis"),
        ("The Economical Cooperation Territorial Pole (PTCE) in Ancenis", "Ancenis"),
        ("South-Aquitaine TCEC", "South-Aquitaine"),
        ("PCTE 3.EVA", "3.EVA"),
        ("Pôle de coopération territorial et économique de la Cartoucherie", "Cartoucherie"),
        ("pôle de coopération économique social et environnemental Sud Aquitaine", "Sud Aquitaine"),
        ("«Coopaxis »", "Coopaxis"),
        ('"Bio pour tous"', "Bio pour tous"),
        ("PTCE « ARCHER Pôle Sud »", "ARCHER Pôle Sud"),
        ("PTCE - LES AMIS du Bien-vieillir", "LES AMIS du Bien-vieillir"),
        ("L'écopôle alimentaire", "L'écopôle alimentaire"),
        ("Energies citoyennes en pays de Vilaine", "Energies citoyennes en pays de Vilaine"),
    ],
)
def test_the_words_ptce_and_quotes_go(written: str, clean: str) -> None:
    assert clean_name(written).clean == clean


@pytest.mark.parametrize(
    "spellings",
    [
        ("Clus'Ter Jura", "Clus’ter Jura", "Clu’Ster Jura", "SCIC Clus’Ter Jura", "CLUS‘TER JURA"),
        ("Écopôle alimentaire", "Ecopole Alimentaire", "l’écopôle alimentaire", "ÉCOPÔLE  ALIMENTAIRE"),
        ("Initiatives et Cité", "Initiatives & Cité", "Initiatives et Cités", "PTCE Initiatives et Cité"),
        (
            "Les Gouttes d'Or de la Mode et du Design",
            "les Gouttes d’or de la mode et du design",
            "Gouttes d?Or de la Mode et du Design",
        ),
        ("Fontaine O Livres", "association Fontaine Ô Livres", "Fontaine O Livre"),
        ("PTCE AUTON’HOMMES", "PTCE Auton'Homme"),
        ("Scène(s) de Musiques Actuelles", "scènes de musiques actuelles"),
        (
            "P.T.C.E. du Pays de Bray",
            "Pole territorial de coopération economique du Pays de Bray",
            "PTCE en Pays de Bray",
        ),
    ],
)
def test_spellings_of_one_name_have_one_key(spellings: tuple[str, ...]) -> None:
    assert len({clean_name(spelling).key for spelling in spellings}) == 1


@pytest.mark.parametrize(
    "written",
    [
        "PTCE",
        "P.T.C.E.",
        "un Pôle Territorial de Coopération Économique",
        "Pôle territorial de coopération économique (PTCE)",
    ],
)
def test_nothing_but_ptce_has_no_key(written: str) -> None:
    assert clean_name(written).key == ""


def test_parts_are_names_too() -> None:
    assert "initiatif cite" in clean_name("Initiatives et Cité devenu Lille MétroPôle Solidaire").variants
    assert "lille metropole solidaire" in clean_name("Initiatives et Cité devenu Lille MétroPôle Solidaire").variants
    assert "place possible" in clean_name("Royans-Vercors - La Place des Possibles").variants
    assert "damier" in clean_name("LE DAMIER, cluster musiques et images").variants
    assert "fe2i" in clean_name("Florange Ecologie Industrielle et Insertion (ou Fe2i)").variants


def test_a_place_in_brackets_is_a_hint_and_not_a_name() -> None:
    name = clean_name("Domb’Innov (Rhône-Alpes)", lambda text: text == "Rhône-Alpes")
    assert (name.key, name.place_hint, name.variants) == ("dombinnov", "Rhône-Alpes", ("dombinnov",))


def test_a_bracket_that_is_no_acronym_of_the_name_may_be_the_carrier() -> None:
    assert clean_name("PTCE Sud Aquitain (CBE du Seignanx)").carrier_hint == "CBE du Seignanx"
    assert clean_name("Énergies citoyennes en Pays de Vilaine (ECPV)").carrier_hint is None


def test_compact_sees_through_spaces_and_apostrophes() -> None:
    assert compact("Lab S’Port") == compact("LABSPORT") == compact("« Lab S'port »")
    assert compact("InitiativesETcité") == compact("Initiatives et Cité")


def test_acronym_takes_the_words_that_count() -> None:
    assert acronym("Pôle d'Économie Circulaire en Cœur de Savoie") == "peccs"


def test_fold_drops_what_cannot_be_seen() -> None:
    assert fold("É\u200bcopôle\u00a0 –\u202f“Œuvre”") == "ecopole - oeuvre"


@pytest.mark.parametrize(
    "written",
    [
        "\x1b[31mRouge\x1b[0m",
        "\x1b[1;38;5;196mRou\x1b[mge",
        "PTCE \x1b]8;;https://a.example\x1b\\Rouge\x1b]8;;\x1b\\",
        "\x1b]0;a title\x07Rouge",
        "\x1bRouge",
    ],
)
def test_what_colours_a_terminal_is_no_part_of_a_name(written: str) -> None:
    name = clean_name(written)
    assert (name.clean, name.key, name_key(written), compact(written)) == ("Rouge", "rouge", "rouge", "rouge")
    assert fold(written).endswith("rouge")
    assert "31m" not in fold(written)


@given(st.text(max_size=60))
def test_any_text_gives_a_key_that_is_stable(text: str) -> None:
    name = clean_name(text)
    assert name.key == name.key.strip()
    assert name_key(name.key) in (name.key, name_key(name.key))
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=40))
def test_case_does_not_change_a_folded_text(text: str) -> None:
    assert fold(text.lower()) == fold(fold(text.lower()).upper()) or not text.isascii()


WORDS_PTCE = "p t c e P C T E . s coop coopération compétitivité économique territorial pôle de d’ ( « - ſ ı".split()
SPLITTERS = "devenu devenue DÉSORMAIS ex- Anciennement aussi appelée Nommé dit audit alias , / : – - a Lab".split()


@given(st.lists(st.sampled_from([*WORDS_PTCE, " ", " ", "\t", "\u202f"]), max_size=14).map("".join))
def test_a_text_passed_over_holds_no_words_ptce(text: str) -> None:
    """What is tested before the long pattern is tried lets nothing through that the pattern would find."""
    assert names._words(text) == names._PTCE.sub(" ", text).split()


@given(
    st.lists(st.sampled_from([*SPLITTERS, " ", " "]), max_size=10).map(lambda parts: " ".join("".join(parts).split()))
)
def test_a_name_of_words_that_split_nothing_is_one_part(text: str) -> None:
    assert names._signs(text.split()) & names._SPLITS or names._ALIAS_SPLIT.split(text) == [text]


def test_words_are_read_alone_and_remembered_within_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    written = [f"L'Éco{number} du Réseau d'Aquitaine" for number in range(50)]
    before = [name_key(text) for text in written]
    monkeypatch.setattr(folding, "_REMEMBERED", 3)
    forgetful = [name_key(text) for text in [*written, "Nouveau", *written]]
    assert forgetful == [*before, "nouveau", *before]
    assert len(folding._READ) <= 3
    assert before[7] == "eco7 aquitain"
    assert [name_key(text) for text in ("SCIC Réseau", "Réseau (SCIC) Bois", "les du")] == ["scic reseau", "bois", ""]
