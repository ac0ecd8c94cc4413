"""CSV as it comes: any bytes give rows of text, or a message that says what changed."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.catalogue.registry import ReaderOptions, Source, load_sources
from ptce_etl.collect.reading import audit, read, read_table
from ptce_etl.collect.text import MAX_CELL, MAX_COLUMNS, comparable, decode
from ptce_etl.errors import SourceChanged

TRANSCRIBED = Path(__file__).parents[2] / "data" / "raw" / "transcribed"
MakeSource = Callable[..., Source]
TEXT = 'nom,ville\nPôle Sud,Romans\n"NA","01"\n"deux\nlignes, et «guillemets»",\n'


def _rows(raw: bytes, source: Source) -> list[tuple[object, ...]]:
    frame = read(raw, source)
    assert list(frame.columns) == ["name", "commune", "record_no"]
    assert [str(kind) for kind in frame.dtypes] == ["str", "str", "Int64"]
    return [tuple(row) for row in frame.astype(object).where(frame.notna(), None).itertuples(index=False)]


EXPECTED = [("Pôle Sud", "Romans", 1), ("NA", "01", 2), ("deux\nlignes, et «guillemets»", None, 3)]


@pytest.mark.parametrize(("path", "rows"), [("listings", 393), ("claims_counts", 139), ("claims_growth", 2)])
def test_the_bundled_ledgers(path: str, rows: int) -> None:
    (source,) = (source for source in load_sources() if Path(source.url).stem == path)
    frame = read((TRANSCRIBED / f"{path}.csv").read_bytes(), source)
    assert audit(frame, source) == ()
    assert list(frame["record_no"]) == list(range(1, rows + 1))


def test_every_cell_of_a_ledger_is_what_the_file_says() -> None:
    source = load_sources()[0]
    raw = (TRANSCRIBED / "listings.csv").read_bytes()
    frame = read(raw, source).drop(columns="record_no").fillna("")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8"), newline="")))
    assert frame.to_dict("records") == rows


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("cp1252"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode().replace(b"deux\r\n", b"deux\n"),
        b"\n\n" + TEXT.encode() + b"\n\n",
        TEXT.encode().replace(b"nom,ville", b" nom , ville "),
        TEXT.encode().replace(b"Romans", "\u00a0 Romans ".encode()),
    ],
)
def test_one_table_in_many_dresses(source: MakeSource, raw: bytes) -> None:
    assert _rows(raw, source()) == EXPECTED


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_by_the_columns(source: MakeSource, delimiter: str) -> None:
    toy = source(columns={"name": "nom, prénom; etc | \t", "commune": "ville"})
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows([["nom, prénom; etc | \t", "ville"], ["a;b,c|d\te", "x"]])
    # The header is compared without the spaces around it.
    toy = toy.model_copy(update={"columns": {"name": "nom, prénom; etc |", "commune": "ville"}})
    assert _rows(file.getvalue().encode(), toy) == [("a;b,c|d\te", "x", 1)]


def test_options_are_obeyed(source: MakeSource) -> None:
    toy = source(options={"delimiter": ";", "encoding": "cp437"}, columns={"name": "a,b", "commune": "c"})
    assert _rows("a,b;c\né;x\n".encode("cp437"), toy) == [("é", "x", 1)]


def test_one_column_and_order_of_columns(source: MakeSource) -> None:
    assert _rows(b"ville,nom\nx,y\n", source()) == [("y", "x", 1)]
    frame = read(b"nom\nun\n\ndeux\n", source(columns={"name": "nom"}))
    assert frame["name"].tolist() == ["un", "deux"]


def test_empty_rows_are_counted_and_left_out(source: MakeSource) -> None:
    assert _rows(b"nom,ville\na,b\n , \nc,d\n", source()) == [("a", "b", 1), ("c", "d", 3)]


def test_only_the_columns_asked_for_come_in(source: MakeSource) -> None:
    frame = read(b"nom,ville,mail\na,b,me@example.org\n", source(ignore=["mail"]))
    assert "me@example.org" not in frame.to_csv()


def test_changed_columns_are_named_in_three_lines(source: MakeSource) -> None:
    with pytest.raises(SourceChanged) as caught:
        read(b"nom,statut,siege\na,b,c\n", source())
    assert str(caught.value).split("\n") == [
        "SourceChanged: toy: 2 unknown columns: 'statut', 'siege'; 1 missing column: 'ville'",
        "  where: raw/toy.csv",
        "  do:    map or ignore them in src/ptce_etl/catalogue/sources.yml",
    ]


def test_ten_names_are_enough(source: MakeSource) -> None:
    header = ",".join(f"c{n}" * 100 for n in range(400))
    with pytest.raises(SourceChanged) as caught:
        read(f"nom,ville,{header}\n".encode(), source())
    assert len(caught.value.what) < 1000
    assert "and 390 more" in caught.value.what


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\n\n", "the file is empty"),
        (b"<!doctype html><title>Se connecter</title>", "unknown column"),
        (b'{"error": "no", "code": 3}', "unknown column"),
        (b"nom,nom\na,b\n", "columns that stand twice: 'nom'"),
        (b"nom,ville\na\n", "line 2: 1 cells, 2 expected"),
        (b'nom,ville\n"a\nb",c\nd,e,f\n', "line 4: 3 cells, 2 expected"),
        (b'nom,ville\n"a,b\n', "line 2: not CSV: unexpected end of data"),
        (b'nom,ville\n"a"b,c\n', "line 2: not CSV"),
        (b"nom,ville\na,\0\n", "NUL"),
        ("nom,ville\na,b\n".encode("utf-16-le"), "NUL"),
        (b"nom,ville\n\x81,b\n", "not cp1252 text"),
        (codecs.BOM_UTF16_LE + b"abc", "not utf-16-le text"),
        (b"nom,ville\n" + b"a" * (MAX_CELL + 1) + b",b\n", "too long a cell"),
        ("nom,ville\nPôle,Écully\nécoPôle,b\n".encode() + b"\xe9,c\n", "UTF-8 with 1 broken character"),
    ],
)
def test_what_is_not_the_table_is_said(source: MakeSource, raw: bytes, said: str) -> None:
    with pytest.raises(SourceChanged) as caught:
        read(raw, source())
    assert said in caught.value.what
    assert caught.value.what.startswith("toy: ")
    assert caught.value.where
    assert caught.value.do
    assert "\n" not in caught.value.what


def test_a_row_of_commas_is_not_a_header(source: MakeSource) -> None:
    with pytest.raises(SourceChanged, match="too many columns"):
        read(b"," * MAX_COLUMNS + b"\n", source(options={"delimiter": ","}))


def test_capitals_before_quotes_are_not_taken_for_utf_8() -> None:
    text = "« CAFÉ» et « CITÉ\u00a0» de l’été\u00a0» à Orléans, côté Loire, près du château"
    assert decode(text.encode("cp1252")) == text


def test_half_a_letter_does_not_get_in(source: MakeSource) -> None:
    with pytest.raises(SourceChanged):
        read(b"nom,ville\n\\ud800,b\n", source(options={"encoding": "raw_unicode_escape"}))


def test_a_table_of_no_source() -> None:
    frame = read_table(b"name;record_no;department\nP\xf4le;7;01\n;;\n", where="x.csv")
    assert frame.to_dict("records") == [{"name": "Pôle", "record_no": "7", "department": "01"}]
    with pytest.raises(SourceChanged) as caught:
        read_table(b"a,b\nc\n", where="x.csv", options=ReaderOptions(delimiter=","))
    assert caught.value.where == "x.csv"


class TestAudit:
    def test_bounds(self, source: MakeSource) -> None:
        frame = read(b"nom,ville\na,b\nc,\n", source())
        few = source(bounds={"min_rows": 3, "max_rows": 9, "fill": {"commune": 0.9}})
        with pytest.raises(SourceChanged) as caught:
            audit(frame, few)
        assert "2 rows, at least 3 expected" in caught.value.what
        assert "column commune is filled at 0.50, at least 0.9 expected" in caught.value.what
        (issue,) = audit(frame, source(bounds={"min_rows": 1, "max_rows": 1, "fill": {"commune": 0.5}}))
        assert (issue.severity, issue.source_id) == ("warning", "toy")
        assert "2 rows, at most 1 expected" in issue.message

    def test_no_row_at_all(self, source: MakeSource) -> None:
        toy = source(bounds={"min_rows": 1, "max_rows": 9, "fill": {"commune": 0.9}})
        with pytest.raises(SourceChanged, match="0 rows"):
            audit(read(b"nom,ville\n", toy), toy)

    def test_sentinels_in_any_dress(self, source: MakeSource) -> None:
        toy = source(sentinels=["Clus'Ter Jura", "La Coursive Boutaric", "Pôle Sud"])
        frame = read("nom,ville\nCLUS’TER  JURA,\nla Coursive‑Boutaric,x\nPole sud,\n".encode(), toy)
        assert audit(frame, toy) == ()
        with pytest.raises(SourceChanged, match="names that must be there are not: 'Pôle Sud'"):
            audit(frame[frame["name"] != "Pole sud"], toy)

    def test_each_sentinel_of_the_ledger_is_needed(self) -> None:
        source = load_sources()[0]
        frame = read((TRANSCRIBED / "listings.csv").read_bytes(), source)
        for sentinel in source.sentinels:
            without = frame[frame["name"].map(comparable) != comparable(sentinel)]
            assert len(without) < len(frame)
            with pytest.raises(SourceChanged, match="names that must be there"):
                audit(without, source)


TOY = Source.model_validate(
    {
        "source_id": "toy",
        "title": "t",
        "publisher": "p",
        "url": "raw/toy.csv",
        "licence": "l",
        "frequency": "f",
        "statement": "listings",
        "priority": 1,
        "columns": {"name": "nom", "commune": "ville"},
        "bounds": {"min_rows": 1, "max_rows": 9},
    }
)
BITS = st.sampled_from(
    [b"nom", b"ville", b",", b";", b'"', b"\n", b"\r", b"\xc3\xa9", b"\xe9", b"\0", b"\xff\xfe", b" "]
)


@given(st.one_of(st.binary(max_size=200), st.lists(BITS, max_size=40).map(b"".join)), st.booleans())
def test_any_bytes_give_rows_or_a_reason(raw: bytes, header: bool) -> None:
    raw = b"nom,ville\n" + raw if header else raw
    try:
        frame = read(raw, TOY)
    except SourceChanged as error:
        assert error.what.startswith("toy: ")
        assert "\n" not in error.what
    else:
        assert list(frame.columns) == ["name", "commune", "record_no"]
        assert frame["record_no"].is_monotonic_increasing
        assert (frame[["name", "commune"]].fillna("") != "").any(axis=1).all()


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(CELL, CELL), max_size=8), st.sampled_from([",", ";", "\t", "|"]))
def test_what_is_written_is_read(rows: list[tuple[str, str]], delimiter: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([("nom", "ville"), *rows])
    raw = codecs.BOM_UTF8 + file.getvalue().encode()
    frame = read(raw, TOY)
    expected = [(a.strip(), b.strip()) for a, b in rows if a.strip() or b.strip()]
    assert list(zip(frame["name"].fillna(""), frame["commune"].fillna(""), strict=True)) == expected
