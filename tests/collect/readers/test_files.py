"""Files: CSV on the web, workbooks, PDFs and datasets of data.gouv.fr; and files that lie about themselves."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from ptce_etl.collect.guarded import Limits, rows_of
from ptce_etl.collect.platforms import platform_of
from ptce_etl.collect.readers.base import Page, Table
from ptce_etl.errors import SourceChanged

COLUMNS = {"name": "Nom", "department": "Département"}


def read(source: Any, body: bytes) -> Table:
    """In this process, as the guarded child does."""
    return platform_of(source.reader).rows([Page(source.url, body)], source)


@pytest.fixture
def entry(source: Callable[..., Any]) -> Callable[..., Any]:
    def make(reader: str, **changes: Any) -> Any:
        return source(reader=reader, url="https://example.org/file", columns=COLUMNS, **changes)

    return make


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Nom;Département\r\nPôle Sud;01\r\n", "utf-8-sig"),
        ("Nom\tDépartement\nPôle Sud\t01\n", "cp1252"),
        ("Département|Nom\n01|Pôle Sud", "utf-16"),
        ('"Nom","Département"\n"Pôle Sud","01"\n', "utf-8"),
    ],
)
def test_csv_on_the_web(site: Any, text: str, encoding: str) -> None:
    there = site.entry("csv", "/f.csv", columns=COLUMNS)
    site.serve("/f.csv", text.encode(encoding), "text/csv")
    site.collect(there)
    assert site.rows(there, "name", "department") == [("Pôle Sud", "01")]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<!DOCTYPE html><html><title>Connexion</title>", "an HTML page where a file was expected: 'Connexion'"),
        ("Nom;Département\na;01\nb;", ""),
        ("Nom;Département\na;01\nb", "line 3: 1 cells, 2 expected"),
        ("Nom;Département;Courriel\na;01;x@y.fr", "1 unknown column: 'Courriel'"),
        ("Nom;Code\na;01", "1 unknown column: 'Code'; 1 missing column: 'Département'"),
        ("Nom;Département\na;\x0001", "NUL"),
        (b"Nom;D\xc3\xa9partement\nP\xc3\xb4le;\xc3(", "UTF-8 with 1 broken"),
        (";".join(["a"] * 1_000_000), "line 1"),
    ],
)
def test_a_csv_that_is_not_what_it_was(site: Any, body: Any, said: str) -> None:
    there = site.entry("csv", "/f.csv", columns=COLUMNS)
    site.serve("/f.csv", "Nom;Département\nPôle Sud;01\n", "text/csv")
    site.collect(there)
    site.serve("/f.csv", body, "text/csv")
    log = site.collect(there)
    assert log.outcome == ("malformed" if said else "ok")
    assert said in str(log.error)
    assert (site.names(there) == ["Pôle Sud"]) == bool(said)


def xlsx(rows: list[list[Any]], name: str = "Liste") -> bytes:
    book = Workbook()
    book.active.title = "Lisez-moi"
    sheet = book.create_sheet(name)
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ods(rows: str, name: str = "Liste") -> bytes:
    spaces = {"office": "office", "table": "table", "text": "text"}
    names = " ".join(
        f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{value}:1.0"' for key, value in spaces.items()
    )
    table = f'<table:table table:name="{name}">{rows}</table:table>'
    first = '<table:table table:name="Lisez-moi"><table:table-row/></table:table>'
    xml = f"<office:document-content {names}><office:body>{first}{table}</office:body></office:document-content>"
    return packed({"content.xml": xml.encode()})


def unpacked(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


LONG = 'number-rows-repeated="999999999"'
MANY = 'table:number-columns-repeated="999999999"'


def cell(text: str, more: str = "") -> str:
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


class TestXlsx:
    ROWS = (["Les PTCE au", date(2024, 3, 1)], [], ["Nom", "Département", "Date"], ["Pôle Sud", "01", date(2024, 3, 1)])

    def test_a_sheet_with_its_header_below(self, site: Any) -> None:
        there = site.entry(
            "xlsx",
            "/f.xlsx",
            columns=COLUMNS | {"source_date": "Date"},
            options={"sheet": "Liste", "header_row": 3},
        )
        site.serve("/f.xlsx", xlsx([*self.ROWS, [None, None], ["Levier", 26, None]]), "application/vnd.ms-excel")
        assert site.collect(there).outcome == "ok"  # in a process of its own
        assert site.rows(there, "name", "department", "source_date") == [
            ("Pôle Sud", "01", "2024-03-01"),
            ("Levier", "26", None),
        ]

    def test_a_formula_is_what_it_gave(self, entry: Any) -> None:
        book = Workbook()
        book.active.append(["Nom", "Département"])
        book.active.append(['=HYPERLINK("http://evil.example","Pôle")', "=cmd|' /C calc'!A0"])
        book.active.append(["Pôle Sud", "01"])
        file = io.BytesIO()
        book.save(file)  # saved without values: nothing was calculated
        assert read(entry("xlsx"), file.getvalue()).rows == ({"Nom": "Pôle Sud", "Département": "01"},)

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"", "not a workbook"),
            (b"PK\x03\x04" + bytes(100), "not a workbook"),
            (b"<html><title>Connexion</title>", "an HTML page"),
            (packed({"a.txt": b"x"}), "not a workbook"),
            (packed({f"m{n}": b"" for n in range(5_001)}), "unpacks to more"),
            (xlsx([["Nom"], ["a", "b"]], "Autre"), "no sheet 'Liste', but ['Lisez-moi', 'Autre']"),
            (xlsx([["Nom", "Nom"]]), "stand twice: 'Nom'"),
            (xlsx([["Nom"], ["a", "b"]]), "row 2: cells under no name"),
            (xlsx([]), "no names of columns in row 1"),
            (xlsx([["a"] * 600]), "600 columns"),
        ],
    )
    def test_a_workbook_that_is_not_what_it_was(self, entry: Any, body: bytes, said: str) -> None:
        with pytest.raises(SourceChanged) as raised:
            read(entry("xlsx", options={"sheet": "Liste"}), body)
        assert said in raised.value.what

    def test_a_bomb(self, entry: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ptce_etl.collect.readers.grid._UNPACKED", 10_000_000)
        bomb = packed({"xl/workbook.xml": bytes(11_000_000)})
        assert len(bomb) < 20_000
        with pytest.raises(SourceChanged, match="unpacks to more"):
            read(entry("xlsx"), bomb)

    def test_a_bomb_that_lies_about_its_size(self, entry: Any) -> None:
        bomb = bytearray(packed({"xl/workbook.xml": bytes(1_000_000)}))
        for place in (bomb.find(b"PK\x03\x04") + 22, bomb.find(b"PK\x01\x02") + 24):
            bomb[place : place + 4] = (10).to_bytes(4, "little")
        with pytest.raises(SourceChanged, match="not a workbook"):
            read(entry("xlsx"), bytes(bomb))

    @pytest.mark.parametrize(
        "torn", [lambda xml: b"", lambda xml: xml[: len(xml) // 2], lambda xml: b"<a/>", bytes.upper]
    )
    def test_a_part_that_is_no_xml_or_another(self, entry: Any, torn: Callable[[bytes], bytes]) -> None:
        members = unpacked(xlsx([["Nom"], ["a"]]))
        refused = 0
        for name, xml in members.items():
            try:
                table = read(entry("xlsx", options={"sheet": "Liste"}), packed({**members, name: torn(xml)}))
                assert table.rows == ({"Nom": "a"},), name
            except SourceChanged:
                refused += 1
        assert 4 <= refused < len(members)

    def test_entities(self, entry: Any) -> None:
        members = unpacked(xlsx([["Nom"], ["a"]]))
        evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "&a;&a;">]>'
        members["xl/workbook.xml"] = evil + members["xl/workbook.xml"].split(b"?>", 1)[-1]
        with pytest.raises(SourceChanged, match="a document type, which we do not read"):
            read(entry("xlsx"), packed(members))


class TestOds:
    def test_repeated_cells(self, entry: Any) -> None:
        rows = (
            f"<table:table-row>{cell('Nom')}{cell('Département')}</table:table-row>"
            f"<table:table-row>{cell('Pôle<text:s/> Sud')}"
            '<table:table-cell office:value-type="float" office:value="26.0"><text:p>26</text:p></table:table-cell>'
            '<table:table-cell table:number-columns-repeated="16382"/></table:table-row>'
            f"<table:table-row table:number-rows-repeated='2'>{cell('Levier')}</table:table-row>"
            '<table:table-row table:number-rows-repeated="1048573"><table:table-cell/></table:table-row>'
        )
        table = read(entry("ods", options={"sheet": "Liste"}), ods(rows))
        assert table.rows == (
            {"Nom": "Pôle Sud", "Département": "26"},
            {"Nom": "Levier"},
            {"Nom": "Levier"},
        )

    def test_over_http(self, site: Any) -> None:
        there = site.entry("ods", "/f.ods", columns={"name": "Nom"}, options={"sheet": "Liste"})
        row = f"<table:table-row>{cell('Nom')}</table:table-row><table:table-row>{cell('Pôle')}</table:table-row>"
        site.serve("/f.ods", ods(row), "application/vnd.oasis.opendocument.spreadsheet")
        site.collect(there)
        assert site.names(there) == ["Pôle"]

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (packed({"a": b""}), "no content.xml"),
            (ods(""), "no names of columns"),
            (packed({"content.xml": b"<a><b>"}), "XML that we do not read"),
            (packed({"content.xml": b"<!DOCTYPE a [<!ENTITY b 'x'>]><a>&b;</a>"}), "a document type"),
            (ods(f"<table:table-row>{cell('a', MANY)}</table:table-row>"), "500 columns"),
            (ods(f"<table:table-row table:{LONG}>{cell('Nom')}</table:table-row>"), "repeated 999999999 times"),
            (ods("<table:table-row>" + "<a>" * 100_000 + "</a>" * 100_000 + "</table:table-row>"), "no names"),
        ],
    )  # fmt: skip
    def test_what_it_may_hold(self, entry: Any, body: bytes, said: str) -> None:
        with pytest.raises(SourceChanged) as raised:
            read(entry("ods", options={"sheet": "Liste"}), body)
        assert said in raised.value.what


def pdf(*pages: str, count: int | None = None) -> bytes:
    """A PDF of pages whose content streams are given."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for content in pages:
        stream = zlib.compress(content.encode("cp1252"))
        head = f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode()
        objects.append(head + stream + b"\nendstream")
        kids.append(len(objects) + 1)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {len(objects)} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
    references = " ".join(f"{kid} 0 R" for kid in kids)
    objects[1] = f"<< /Type /Pages /Kids [{references}] /Count {len(kids) if count is None else count} >>".encode()
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def written(*lines: str) -> str:
    return "".join(f"BT /F1 12 Tf 50 {750 - 20 * n} Td ({line}) Tj ET\n" for n, line in enumerate(lines))


def ruled(*rows: tuple[str, ...]) -> str:
    """A table with its rules."""
    out = ""
    for y in range(len(rows) + 1):
        out += f"50 {700 - 20 * y} m {50 + 150 * len(rows[0])} {700 - 20 * y} l S\n"
    for x in range(len(rows[0]) + 1):
        out += f"{50 + 150 * x} 700 m {50 + 150 * x} {700 - 20 * len(rows)} l S\n"
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            out += f"BT /F1 10 Tf {55 + 150 * x} {686 - 20 * y} Td ({text}) Tj ET\n"
    return out


class TestPdf:
    def test_lines(self, site: Any) -> None:
        there = site.entry(
            "pdf_lines",
            "/kit.pdf",
            columns={"name": "name", "region": "region"},
            options={"line": "• {region} - {name}", "after": "Les laur", "until": "Contacts"},
        )
        first = written("Dossier de presse", "Les lauréats", "• Bretagne - Pôle Ouest", "• Grand Est - Stras")
        site.serve("/kit.pdf", pdf(first, written("• PACA - Pôle Sud", "Contacts", "X - Mme Y")), "application/pdf")
        assert site.collect(there).outcome == "ok"
        assert site.rows(there, "region", "name") == [
            ("Bretagne", "Pôle Ouest"), ("Grand Est", "Stras"), ("PACA", "Pôle Sud"),
        ]  # fmt: skip
        site.serve("/kit.pdf", pdf(written("Page indisponible")), "application/pdf")
        assert "no line begins with 'Les laur'" in str(site.collect(there).error)
        assert len(site.names(there)) == 3

    def test_tables(self, entry: Any) -> None:
        header = ("Nom", "Département")
        body = pdf(ruled(header, ("Pôle Sud", "Aude")), ruled(header, ("Levier", "Ain"), ("Écho", "")))
        assert read(entry("pdf_table"), body).rows == (
            {"Nom": "Pôle Sud", "Département": "Aude"},
            {"Nom": "Levier", "Département": "Ain"},
            {"Nom": "Écho"},
        )

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"", "not a PDF"),
            (b"%PDF-1.7\n", "not a PDF"),
            (b"<html><title>Connexion</title>", "an HTML page"),
            (pdf(written("a"))[:200], "PDF"),
            (pdf(), "a PDF without pages"),
            (pdf(*["" for _ in range(501)]), "501 pages"),
            (pdf(written("a")), "no table in the PDF"),
            (pdf(written("a"), count=10**9), "no table in the PDF"),  # it counts otherwise than it has
            (pdf(written("a")).replace(b"/Parent 2 0 R", b"/Parent 5 0 R"), "no table"),
            (pdf(written("a")).replace(b"/Length", b"/Lenght"), "no table"),
        ],
    )
    def test_a_pdf_that_lies(self, entry: Any, body: bytes, said: str) -> None:
        with pytest.raises(SourceChanged) as raised:
            read(entry("pdf_table"), body)
        assert said in raised.value.what

    def test_limits_of_time_and_memory(self, entry: Any) -> None:
        there = entry("pdf_table")
        long = pdf(*[ruled(*[("a", "b")] * 30)] * 60)
        with pytest.raises(SourceChanged, match=r"not read in 0.6 s|died of it"):
            rows_of([Page(there.url, long)], there, Limits(seconds=0.6))
        bomb = pdf("% " + "a" * 150_000_000)
        assert len(bomb) < 200_000
        with pytest.raises(SourceChanged, match=r"memory|died of it|not a PDF"):
            rows_of([Page(there.url, bomb)], there, Limits(memory=300_000_000))

    def test_a_pdf_that_points_at_itself_is_left(self, source: Any) -> None:
        """Found by fuzzing: pdfminer follows such a reference for ever."""
        there = source(reader="pdf_lines", url="https://example.org/a.pdf", options={"line": "{nom} - {ville}"})
        body = b"%PDF-1.4\n1 0 obj\n1 0 R\nendobj\ntrailer << /Size 2 /Root 1 0 R >>\nstartxref\n9\n%%EOF"
        with pytest.raises(SourceChanged, match="not read in 2 s"):
            rows_of([Page(there.url, body)], there, Limits(seconds=2))


class TestDatagouv:
    def dataset(self, site: Any, **changes: Any) -> dict[str, Any]:
        link = {"latest": site.server.url_for("/fr/datasets/r/f868"), "url": site.server.url_for("/static/old.csv")}
        file = {
            "id": "f868",
            "title": "export-ptce.csv",
            "format": "csv",
            "checksum": {"type": "sha1", "value": "0" * 40},
        }
        other = {"id": "0001", "title": "notice.pdf", "format": "pdf", "url": "https://example.org/x"}
        return {"id": "5d13", "license": "lov2", "deleted": None, "resources": [{**file, **link}, other]} | changes

    def entry(self, site: Any, path: str = "/api/1/datasets/5d13/", resource: str = "export ptce") -> Any:
        options = {"resource": resource, "data_licence": "lov2"}
        return site.entry("datagouv", path, columns=COLUMNS, licence_id="lov2", options=options)

    def test_the_stable_address_is_followed(self, site: Any) -> None:
        site.serve("/api/1/datasets/5d13/", self.dataset(site))
        site.serve("/fr/datasets/r/f868", "", status=302, headers={"Location": "/static/20260101/export.csv"})
        site.serve("/static/20260101/export.csv", "Nom;Département\nPôle Sud;01\n", "text/csv")
        assert site.collect(self.entry(site)).pages == 2
        assert site.rows(self.entry(site), "name", "department") == [("Pôle Sud", "01")]
        site.serve("/api/1/datasets/5d13/", self.dataset(site, license="notspecified"))
        assert "the licence is stated as 'notspecified'" in str(site.collect(self.entry(site)).error)
        site.serve("/api/1/datasets/5d13/", {"message": "Dataset has been deleted"}, status=410)
        assert site.collect(self.entry(site)).outcome == "gone"
        assert site.names(self.entry(site)) == ["Pôle Sud"]

    def test_a_file_by_the_second_version(self, site: Any) -> None:
        file = self.dataset(site)["resources"][0]
        site.serve("/api/2/datasets/resources/f868/", {"resource": file, "dataset_id": "5d13"})
        site.serve("/fr/datasets/r/f868", "Nom;Département\nPôle Sud;01\n", "text/csv")
        there = self.entry(site, "/api/2/datasets/resources/f868/")
        site.collect(there)
        assert site.names(there) == ["Pôle Sud"]

    @pytest.mark.parametrize(
        ("changes", "outcome", "said"),
        [
            ({"resources": []}, "malformed", "0 files fit 'export ptce', one was expected"),
            ({"deleted": "2026-01-01"}, "auth", "deleted or archived"),
            ({"resources": {"rel": "subsection", "total": 3}}, "malformed", "no list of its files"),
            ({"resources": [{"id": "f868", "title": "export ptce"}]}, "malformed", "a file without an address"),
        ],
    )
    def test_a_dataset_that_is_not_what_it_was(self, site: Any, changes: Any, outcome: str, said: str) -> None:
        site.serve("/api/1/datasets/5d13/", self.dataset(site, **changes))
        log = site.collect(self.entry(site))
        assert (log.outcome, said in str(log.error)) == (outcome, True)

    def test_a_kind_that_is_not_read(self, site: Any) -> None:
        site.serve("/api/1/datasets/5d13/", self.dataset(site))
        there = self.entry(site, resource="0001").model_copy(update={"redirects": ("example.org",)})
        page = Page(there.url, json.dumps(self.dataset(site)).encode())
        with pytest.raises(SourceChanged, match="a kind that is not read: 'pdf'"):
            platform_of("datagouv").rows([page, page], there)
