"""Write the documents that are generated: make docs

    DATA_FORMAT.md            from src/ptce_etl/schema and src/ptce_etl/publish/formats.py
    README.md                 its table of sources from the catalogue, what a run says from a run at a fixed instant
    METHOD.md                 its tables of populations from the rules in src/ptce_etl/measure
    docs/cli.md               from the help of the commands
    notebooks/*.ipynb         from notebooks/*.py
    docs/notebooks/*.html     the notebooks, executed on that run (scripts/render_notebooks.py)
    src/ptce_etl/schema/history/<version>.json   the contract of a schema version, once

``tests/repo/test_documents.py`` and ``test_clean_tree.py`` fail when one of them is out of date.
"""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ptce_etl.catalogue.registry import Source, load_sources
from ptce_etl.cli.reference import reference
from ptce_etl.measure.comparability import COVERAGE_MOVED, PERIOD_COVERAGE, SMALL_BASE
from ptce_etl.measure.populations import POPULATIONS, Population, cohort_population
from ptce_etl.measure.reasons import RULES, typeset
from ptce_etl.measure.wording import percent
from ptce_etl.publish.formats import FORMATS
from ptce_etl.schema import SEPARATOR, TABLES, VERSION, Column, Table
from ptce_etl.schema.compat import contract, contract_text, history, problems

__all__ = ["DOCUMENTS", "ROOT", "RUN", "main", "run_block", "same_but_ids"]

ROOT = Path(__file__).resolve().parents[1]
RUN = ["run", "--plain", "--now", "2026-11-23T06:30:00+00:00"]
_SECONDS = re.compile(r"^Seconds: .*\n.*\n\n", re.MULTILINE)
_ID = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{8}|\b[0-9a-f]{64}\b")

_HEAD = f"""\
# Format des données · Data format

<!-- Written by `make docs` from src/ptce_etl/schema: change it there. -->

Version du schéma : **{VERSION}** ([semver](https://semver.org/lang/fr/) : ce qui casse une lecture — colonne enlevée,
renommée, retypée, unité ou clé changée — change le premier nombre, ou le deuxième tant que le premier est 0 ; un test
le vérifie contre les versions passées).

*Schema version, semver: what breaks a reader (a column removed, renamed, retyped, another unit or key) changes the
first number, or the second while the first is 0; a test holds it against the past versions.*

Une publication est un dossier `data/processed/<snapshot_id>/` qui ne change plus ; `data/processed/latest/` mène à la
dernière. Chaque table ci-dessous y est un fichier Parquet ; celles marquées **CSV** y sont aussi en CSV et dans le
classeur. Le sens de chaque colonne est aussi dans le fichier Parquet (métadonnées du champ, clés `fr`, `en`, `unit`).

*A snapshot is a folder `data/processed/<snapshot_id>/` that never changes again; `data/processed/latest/` leads to the
newest. Each table below is a Parquet file in it; those marked **CSV** are there as CSV too, and in the workbook. What
each column means is also in the Parquet file (field metadata, keys `fr`, `en`, `unit`).*

## Formats


## Lire · Reading

| type | Parquet | `ptce_etl.load()` (pandas) | DuckDB | Polars |
|---|---|---|---|---|
| text | string | `str` (absent : NaN) | VARCHAR | String |
| int | int64 | `Int64` | BIGINT | Int64 |
| float | double | `float64` | DOUBLE | Float64 |
| bool | bool | `boolean` | BOOLEAN | Boolean |
| date | date32 | `datetime64[us]` (absent : NaT) | DATE | Date |

- Les codes Insee (`01`, `2A`, `974`) sont du texte. *INSEE codes are text.*
- Plusieurs valeurs dans une cellule sont séparées par `{SEPARATOR}`. *Several values in a cell are joined with it.*
- **clé** : ensemble, ces colonnes ne se répètent jamais ; les lignes sont triées par elles. *key: unique together; rows
  are sorted by it.*
- **requis** : jamais absent (une clé non plus). *required: never missing (nor is a key).*
- **horloge** : suit le jour de la publication ; ne suffit pas à faire une nouvelle publication. *clock: moves with the
  day of the run; does not make a new snapshot by itself.*
- CSV : UTF-8, virgules, fins de ligne CRLF, dates ISO, `true`/`false`, vide si absent ; un texte qu'un tableur
  prendrait pour une formule y est précédé d'une apostrophe (le Parquet a le texte exact). *In CSV, text that a
  spreadsheet would run as a formula has an apostrophe in front; the Parquet file has the exact text.*
- **audit** : pour qui vérifie une publication ; seulement dans le Parquet, et hors des promesses de la version. *For
  who audits a snapshot; in the Parquet file alone, and no promise of the version.*
- [METHOD.md](METHOD.md) définit ce que compte chaque population. *It defines what each population counts.*

"""


def data_format() -> str:
    """The formats and the dictionary of the published tables, French first."""
    index = ["## Tables", "", "| table | une ligne est · *one row is* | clé · *key* | CSV |", "|---|---|---|---|"]
    for table in TABLES.values():
        key = ", ".join(f"`{name}`" for name in table.key)
        index.append(
            f"| [{table.name}](#{table.name}) | {table.fr} *{table.en}* | {key} | {'oui' if table.csv else ''} |"
        )
    return (
        _HEAD.replace("## Formats\n\n", f"## Formats\n\n{formats_table()}")
        + "\n".join([*index, *(line for table in TABLES.values() for line in _table(table))])
        + "\n"
    )


def formats_table(language: str = "") -> str:
    """Every format, its files and what it holds: in one language, by default in both."""
    lines = ["| format | files | |" if language == "en" else "| format | fichiers · *files* | |", "|---|---|---|"]
    for one in FORMATS.values():
        files = list(one.files())
        shown = f"`<table>{one.suffix}`" if len(files) > 1 else f"`{files[0]}`"
        lines.append(f"| {one.name} | {shown} | {one.en if language == 'en' else f'{one.fr}. *{one.en}.*'} |")
    return "\n".join(lines) + "\n"


def _table(table: Table) -> Iterator[str]:
    yield from ("", f"## {table.name}", "", table.fr, f"*{table.en}*", "")
    yield "| colonne | type | | description | *description* |"
    yield "|---|---|---|---|---|"
    for column in table.columns:
        cells = [f"`{column.name}`", column.kind, _marks(table, column), _cell(column.fr), f"*{_cell(column.en)}*"]
        yield f"| {' | '.join(cells)} |"


def _marks(table: Table, column: Column) -> str:
    marks = ["clé"] if column.name in table.key else ["requis"] if column.required else []
    marks += ["horloge"] if column.volatile else []
    marks += [f"unité : {column.unit}"] if column.unit else []
    marks += [] if column.public else ["audit"]
    return ", ".join(marks)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def readme() -> str:
    """README.md with its table of sources as the catalogue has it, and that of formats."""
    text = _put("README.md", _read("README.md"), "sources", sources_table(load_sources()))
    return _put("README.md", text, "formats", formats_table("en"))


def method() -> str:
    """METHOD.md with the rules as the code has them, in both languages."""
    text = _read("METHOD.md")
    for language in ("fr", "en"):
        text = _put("METHOD.md", text, f"populations-{language}", populations_table(language))
        text = _put("METHOD.md", text, f"reasons-{language}", reasons_list(language))
    return text


_POPULATIONS = {
    "fr": (
        "| population | règle | temps | a posteriori |",
        "vague",
        "la même",
        {"known": "connu", "valid": "du monde"},
    ),
    "en": ("| population | rule | time | backcast |", "round", "the same", {"known": "known", "valid": "valid"}),
}


def populations_table(language: str) -> str:
    """Every population: its rule, the time it reads, and how it is counted with the evidence of today."""
    head, call, same, times = _POPULATIONS[language]
    lines = [head, "|---|---|---|---|"]
    for one in (*POPULATIONS, cohort_population(f"<{call}>")):
        rule, past = _said(one, language)
        lines.append(f"| `{one.name}` | {rule} | {times[one.time]} | {past or same} |")
    return "\n".join(lines) + "\n"


_REASONS = {
    "fr": ("N'ôtent pas la comparabilité, mais sont à garder à l'esprit :", " :", " ;\n"),
    "en": ("These do not remove comparability, but are to be kept in mind:", ":", ";\n"),
}


def reasons_list(language: str) -> str:
    """Every reason why a growth does not compare, then those that are only to be kept in mind."""
    notes, colon, end = _REASONS[language]
    lines = {
        blocks: [
            f"- `{code}`{colon} {_filled(rule.rule[language == 'fr'], language)}"
            for code, rule in RULES.items()
            if rule.blocks is blocks
        ]
        for blocks in (True, False)
    }
    text = f"{end.join(lines[True])}.\n\n{notes}\n\n{end.join(lines[False])}.\n\n"
    return typeset(text).replace("\u202f", "\u00a0") if language == "fr" else text


def _filled(rule: str, language: str) -> str:
    share = percent(100 * PERIOD_COVERAGE)[language == "fr"].replace("\u202f", "\u00a0")
    return rule.format(points=f"{100 * COVERAGE_MOVED:.0f}", share=share, poles=SMALL_BASE)


def _said(one: Population, language: str) -> tuple[str, str]:
    return (one.fr, one.past_fr) if language == "fr" else (one.en, one.past_en)


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def run_block(stdout: str) -> str:
    """What ``ptce run`` said, as README.md shows it: without its timings."""
    return f"```text\n{_SECONDS.sub('', stdout).strip()}\n```\n"


def same_but_ids(text: str) -> str:
    """Snapshot ids and digests follow the values, whose last digits may depend on the versions installed."""
    return _ID.sub("<snapshot>", text)


def _put(document: str, text: str, name: str, body: str) -> str:
    """``text`` (of a ``document``) with ``body`` between the markers called ``name``."""
    begin, end = f"<!-- {name}: begin, written by `make docs` -->\n", f"<!-- {name}: end -->\n"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise SystemExit(f"{document}: the markers of {name!r} are not both there")
    return f"{before}{begin}{body}{end}{after}"


def sources_table(sources: tuple[Source, ...]) -> str:
    counting = [source for source in sources if source.counts]
    tried = [source for source in sources if not source.counts]
    lines = ["| source | what it is | states | rows expected | licence | renewed |", "|---|---|---|---|---|---|"]
    for source in counting:
        cells = [
            f"`{source.source_id}`" + ("" if source.enabled else f" — off: {source.why}"),
            f"{source.title} ([{_short(source.url)}]({_link(source.url)}))",
            source.statement.replace("_", " "),
            f"{source.bounds.min_rows} to {source.bounds.max_rows}",
            source.licence,
            source.frequency,
        ]
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    if tried:
        lines += [
            "",
            f"{len(tried)} sources on the web are in the catalogue as well. Nobody has seen their layout from here:",
            "they are tried by `ptce sources check` and reported, and **none of their rows counts**.",
            "",
            "| source | what it is | reader | licence | why it does not count |",
            "|---|---|---|---|---|",
        ]
    for source in tried:
        cells = [
            f"`{source.source_id}`" + ("" if source.enabled else " (off)"),
            f"{source.title}, {source.publisher} ([{_short(source.url)}]({_link(source.url)}))",
            source.reader,
            source.licence,
            source.why or "",
        ]
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _link(url: str) -> str:
    return url if url.startswith("http") else f"data/{url}"


def _short(url: str) -> str:
    return url.split("//")[-1].split("/")[0] if url.startswith("http") else url.rsplit("/", 1)[-1]


def _notebook(name: str) -> Callable[[], str]:
    """notebooks/<name>.ipynb: the cells of <name>.py without outputs, the same bytes each time."""

    def made() -> str:
        rendering = runpy.run_path(str(ROOT / "scripts" / "render_notebooks.py"))
        text: str = rendering["ipynb"](name)
        return text

    return made


DOCUMENTS: dict[str, Callable[[], str]] = {
    "DATA_FORMAT.md": data_format,
    "METHOD.md": method,
    "README.md": readme,
    "docs/cli.md": reference,
    **{f"notebooks/{name}.ipynb": _notebook(name) for name in ("poles", "growth", "completeness")},
}


def write_run_block() -> list[str]:
    """Run the pipeline in an empty folder; show what it says in README.md, and the notebooks on what it published.

    Names of what was written: what only differs by the ids of snapshots stays as it is.
    """
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "PTCE_DATA"}}
    pages = sorted((ROOT / "docs" / "notebooks").glob("*.html"))
    before = {path: path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *pages)}
    with tempfile.TemporaryDirectory() as folder:
        ptce = Path(sys.executable).parent / "ptce"
        done = subprocess.run(  # noqa: S603 - our own program
            [ptce, *RUN], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
        render = [sys.executable, ROOT / "scripts" / "render_notebooks.py", Path(folder) / "data"]
        subprocess.run(render, env=environment, check=True)  # noqa: S603 - our own program
    shown = _put("README.md", before[ROOT / "README.md"], "run", run_block(done.stdout))
    (ROOT / "README.md").write_text(shown, encoding="utf-8")
    written = []
    for path in (ROOT / "README.md", *sorted((ROOT / "docs" / "notebooks").glob("*.html"))):
        old = before.get(path, "")
        if same_but_ids(old) == same_but_ids(path.read_text(encoding="utf-8")):
            path.write_text(old, encoding="utf-8")
        else:
            written.append(path.relative_to(ROOT).as_posix())
    return written


def record_contract() -> bool:
    """Keep the contract of a new schema version; a version's contract is written once."""
    now = contract(TABLES, VERSION)
    wrong = [problem for old in history()[-1:] for problem in problems(old, now)]
    if wrong:
        raise SystemExit("\n".join([*wrong, "give src/ptce_etl/schema/types.py the next VERSION (schema/compat.py)"]))
    path = ROOT / "src" / "ptce_etl" / "schema" / "history" / f"{VERSION}.json"
    if path.exists():
        return False
    path.write_text(contract_text(now), encoding="utf-8")
    return True


def main() -> int:
    """Write what is out of date, and name it."""
    if record_contract():
        print(f"src/ptce_etl/schema/history/{VERSION}.json: written")
    for name, make in DOCUMENTS.items():
        path, text = ROOT / name, make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"{name}: written")
    for name in write_run_block():
        print(f"{name}: written, with what a run says now")
    return 0


if __name__ == "__main__":
    sys.exit(main())
