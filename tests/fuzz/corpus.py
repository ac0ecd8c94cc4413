"""One good body for each reader, and what reads it: where fuzzing starts."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from typing import Any

from openpyxl import Workbook

from ptce_etl.catalogue.options import READERS, ReaderName
from ptce_etl.catalogue.registry import Source

__all__ = ["BODIES", "HEADERS", "source_of"]

_PAGE = """<!DOCTYPE html><html lang="fr"><title>t</title><main><h2>Liste</h2><ul><li>- PACA - P&ocirc;le</li></ul>
<table><tr><th>nom<th>lieu<tr><td rowspan=2>a<td>b<tr><td>c</table></main></html>"""
_WIKI = "== L ==\n* [[a|P]] (b)\n{| class=x\n! nom !! lieu\n|-\n| {{t|a}} || b<ref>x</ref>\n|}"
_OPTIONS: dict[str, dict[str, Any]] = {
    "json": {"records": "a.b"},
    "mediawiki": {"title": "T", "section": "L"},
    "html_lines": {"line": "- {lieu} - {nom}", "select": "main", "after": "Liste"},
    "html_items": {"items": "li", "fields": {"nom": ""}},
    "pdf_lines": {"line": "{lieu} - {nom}"},
    "datagouv": {"resource": "r"},
    "umap": {"layers": ["l"]},
    "wordpress": {"line": "- {lieu} - {nom}"},
    "drupal": {"line": "- {lieu} - {nom}"},
}


def _xlsx() -> bytes:
    book = Workbook()
    book.active.append(["nom", "lieu"])
    book.active.append(["a", 1.5])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _ods() -> bytes:
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    cells = [f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in ("nom", "lieu")]
    head = f"<table:table-row>{''.join(cells)}</table:table-row>"
    row = head.replace("row>", 'row table:number-rows-repeated="3">', 1)
    xml = f'<office:d {names}><table:table table:name="x">{head}{row}</table:table></office:d>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("content.xml", xml)
    return file.getvalue()


def _pdf() -> bytes:
    text = b"BT /F1 12 Tf 60 680 Td (PACA - Pole) Tj ET BT /F1 12 Tf 60 630 Td (nom) Tj ET"
    rules = [b"50 %d m 200 %d l S" % (y, y) for y in (700, 650, 600)]
    rules += [b"%d 700 m %d 600 l S" % (x, x) for x in (50, 200)]
    stream = zlib.compress(b" ".join([text, *rules]))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R"
        b" /Resources << /Font << /F1 3 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start


def _json(value: Any) -> list[bytes]:
    return [json.dumps(value).encode()]


_CSV = b'nom;lieu\n"P\xc3\xb4le ""Sud""";01\nb;\n'
_FEATURE = {"geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"nom": "**a** [[u|b]]"}}
_SLOT = {"slots": {"main": {"content": _WIKI}}}
# Pages in the order they are asked for.
BODIES: dict[ReaderName, list[bytes]] = {
    "csv": [_CSV],
    "xlsx": [_xlsx()],
    "ods": [_ods()],
    "json": _json({"a": {"b": [{"nom": "x", "lieu": {"t": ["y", 1, None]}, "l": [{"m": 1.5}]}]}}),
    "datagouv": [
        *_json({"license": "lov2", "resources": [{"id": "r", "format": "csv", "url": "https://e.org/f"}]}),
        _CSV,
    ],
    "tabular_api": _json({"data": [{"__id": 1, "nom": "a"}], "links": {"next": None}, "meta": {"total": 1}}),
    "opendatasoft_records": _json({"total_count": 1, "results": [{"nom": "a", "p": {"lon": 1}}]}),
    "opendatasoft_export": [*_json({"total_count": 2, "results": []}), _CSV],
    "mediawiki": _json({"query": {"pages": [{"title": "T", "revisions": [_SLOT]}]}}),
    "sparql": _json({"head": {"vars": ["nom"]}, "results": {"bindings": [{"nom": {"type": "literal", "value": "a"}}]}}),
    "gogocarto": _json({"licence": "odbl", "data": [{"name": "a", "geo": {"latitude": 1}, "categories": ["PTCE"]}]}),
    "umap": _json({"layers": [{"_umap_options": {"name": "l"}, "features": [_FEATURE]}]}),
    "wordpress": _json([{"id": 1, "title": {"rendered": "a&#8217;"}, "content": {"rendered": "<p>- a - b</p>"}}]),
    "drupal": _json({"data": [{"attributes": {"title": "a", "body": {"processed": "<p>- a - b</p>"}}}], "links": {}}),
    "html_table": [_PAGE.encode()],
    "html_items": [_PAGE.encode()],
    "html_lines": [_PAGE.encode()],
    "pdf_table": [_pdf()],
    "pdf_lines": [_pdf()],
}
HEADERS = {"x-wp-total": "1", "x-wp-totalpages": "1", "content-type": "application/json"}
assert set(BODIES) == set(READERS)


def source_of(reader: ReaderName) -> Source:
    """A source that takes whatever columns there are."""
    return Source.model_validate(
        {
            "source_id": "fuzz",
            "title": "t",
            "publisher": "p",
            "url": "https://example.org/fr/map/1/download/",
            "licence": "none",
            "frequency": "never",
            "reader": reader,
            "statement": "listings",
            "columns": {"name": "nom"},
            "optional": ["name"],
            "ignore": ["*"],
            "bounds": {"min_rows": 1, "max_rows": 9},
            "priority": 1,
            "options": _OPTIONS.get(reader, {}),
        }
    )
