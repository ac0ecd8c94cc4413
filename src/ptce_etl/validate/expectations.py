"""The checks: every rule as a Great Expectations expectation, run on the candidate's tables. The only place that
imports Great Expectations, when it is called (the import takes seconds).

Everything is in memory: an ephemeral context, no progress bars, no analytics, no file, no network. The frames are
validated once for pass or fail alone (a third of the price of a full result), then the expectations that failed once
more for their offending rows. Great Expectations reports a missing column or a type it cannot compare as a failure with
an exception: it stays a failure here, and says so.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from ptce_etl.catalogue.registry import Programme, Source
from ptce_etl.config import Settings
from ptce_etl.errors import ValidationFailed
from ptce_etl.importing import collector_paused
from ptce_etl.schema import PANDAS, TABLES
from ptce_etl.validate.outcome import broken, failed, held, keyed
from ptce_etl.validate.plan import Plan, plan
from ptce_etl.validate.rule import FACTS, KEY, PAIR, Rule

__all__ = ["critical_failures", "data_docs", "gate", "run_checks"]


def run_checks(
    tables: Mapping[str, pd.DataFrame],
    *,
    sources: Sequence[Source],
    programmes: Sequence[Programme],
    previous: Mapping[str, pd.DataFrame] | None,
    settings: Settings,
    backcast: bool = False,
    only: Collection[str] | None = None,
) -> pd.DataFrame:
    """Validate a candidate; one row per check, with the columns of schema table ``checks``, sorted by ``check_id``.

    ``tables`` maps the names of schema tables to frames (any row order); one that is missing fails its checks.
    ``previous`` holds the tables of the last snapshot (``poles`` and ``listings`` are read), ``None`` when there is
    none. ``backcast``: the candidate leaves out evidence after its as-of date, so that having fewer rows than the
    captures is a warning. ``only`` keeps the checks of those ids. Never raises for what the data hold: ``gate`` does.
    """
    todo = plan(tables, sources, programmes, previous, settings, backcast=backcast, only=only)
    engine = _Engine(_great_expectations())
    rows = [row for name in todo.names() for row in (_check_facts if name == FACTS else _check)(engine, todo, name)]
    checks = pd.DataFrame(rows, columns=TABLES["checks"].names).sort_values("check_id", ignore_index=True)
    kinds = {column.name: PANDAS[column.kind] for column in TABLES["checks"].columns}
    return checks.astype(kinds | {"passed": "bool"})


def critical_failures(checks: pd.DataFrame) -> list[str]:
    """One line per critical check that failed: its id, what was observed, the rows. Empty: it may be published."""
    rows = checks[~checks["passed"].astype("bool") & checks["severity"].eq("critical")]
    return [
        f"{row['check_id']} ({row['expected']}): {row['observed']}"
        + (f" [{row['failed_keys']}]" if isinstance(row["failed_keys"], str) else "")
        for row in rows.to_dict("records")
    ]


def gate(checks: pd.DataFrame) -> None:
    """Raise :class:`ValidationFailed`, naming the first failures and their rows, when a critical check failed."""
    failures = critical_failures(checks)
    if failures:
        first = [" ".join(line.split())[:300] for line in failures[:3]]
        more = f"; and {len(failures) - 3} more" if len(failures) > 3 else ""
        raise ValidationFailed(
            f"{len(failures)} critical check{'s' if len(failures) > 1 else ''} failed; nothing was promoted",
            where="; ".join(first) + more,
            do="open the validation report of the rejected candidate; explain the run before moving a bound",
        )


def data_docs(
    tables: Mapping[str, pd.DataFrame],
    directory: Path,
    *,
    sources: Sequence[Source],
    programmes: Sequence[Programme],
    previous: Mapping[str, pd.DataFrame] | None,
    settings: Settings,
    backcast: bool = False,
    only: Collection[str] | None = None,
) -> Path:
    """Build Great Expectations' own Data Docs of the same suites into ``directory``; returns its ``index.html``.

    An option for people who know Great Expectations. These pages load their styles and scripts from several public
    hosts when they are opened: offline they look bare, and online they tell those hosts that somebody reads them. They
    carry the time of the run, so two builds differ. The report that readers get is ``report.validation``.
    ``only`` keeps the checks of those ids.
    """
    todo = plan(tables, sources, programmes, previous, settings, backcast=backcast, only=only)
    return _Engine(_great_expectations()).publish(todo, directory.absolute())


def _check(engine: _Engine, todo: Plan, name: str) -> Iterable[dict[str, object]]:
    """The rows of the rules of one frame: pass or fail first, the offending rows of the failures next."""
    frame = todo.frames.get(name, pd.DataFrame())
    ready: list[Rule] = []
    for rule in todo.rules:
        if rule.frame == name:
            why = todo.unready(rule)
            if why:
                yield broken(rule, len(frame), why)
            else:
                ready.append(rule)
    results = engine.both_ways(name, frame, ready)
    for rule in ready:
        result = results[rule.check_id]
        if result.success:
            yield held(rule, frame)
        elif result.exception:
            yield broken(rule, len(frame), f"exception: {result.exception}")
        else:
            yield failed(rule, frame, result.detail)


def _check_facts(engine: _Engine, todo: Plan, name: str) -> Iterable[dict[str, object]]:
    """The rows of the facts: one expectation for all of them, its offending rows told apart by fact."""
    frame = todo.frames[name]
    result = engine.both_ways(name, frame, [_EVERY_FACT])[_EVERY_FACT.check_id]
    offending = result.detail.get("unexpected_index_list") or ()
    for rule in (rule for rule in todo.rules if rule.frame == name):
        fact = f"{rule.table}.{rule.name}"
        rows, why = frame[frame["fact"].eq(fact)], todo.unready(rule)
        wrong = [row for row in offending if row["fact"] == fact]
        if why or result.exception:
            yield broken(rule, len(rows), why or f"exception: {result.exception}")
        elif wrong:
            yield failed(rule, rows, {"unexpected_index_list": wrong, "unexpected_count": len(wrong)})
        else:
            yield held(rule, rows)


_NAMING = ("fact", KEY)  # columns that tell how an offending row is called
_EVERY_FACT = Rule(FACTS, "found", (), "equal", PAIR, FACTS)


def _great_expectations() -> ModuleType:
    """Great Expectations, imported now."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # older releases of the range we accept call home at import
    with collector_paused():
        import great_expectations

    return great_expectations


@dataclass(frozen=True, slots=True)
class _Result:
    success: bool
    exception: str
    detail: Mapping[str, Any]


class _Engine:
    """Great Expectations with everything off but validating."""

    def __init__(self, gx: ModuleType) -> None:
        self._gx, base = gx, gx.data_context.types.base
        config = base.DataContextConfig(
            store_backend_defaults=base.InMemoryStoreBackendDefaults(),  # and no temporary site of Data Docs
            progress_bars=base.ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        )
        self._context = gx.get_context(mode="ephemeral", project_config=config)
        self._source = self._context.data_sources.add_pandas("candidate")
        self._whole = self._source.add_dataframe_asset("frame").add_batch_definition_whole_dataframe("whole")

    def both_ways(self, name: str, frame: pd.DataFrame, wanted: Sequence[Rule]) -> dict[str, _Result]:
        """The result of each rule by ``check_id``; where one fails, with every offending row."""
        results = self._validate(frame, wanted, "BOOLEAN_ONLY")
        lost = [rule for rule in wanted if not results[rule.check_id].success and not results[rule.check_id].exception]
        if lost:
            frame = keyed(name, frame)
            named = [column for column in _NAMING if column in frame.columns]
            results |= self._validate(
                frame, lost, {"result_format": "COMPLETE", "unexpected_index_column_names": named}
            )
        return results

    def _validate(
        self, frame: pd.DataFrame, wanted: Sequence[Rule], result_format: str | Mapping[str, object]
    ) -> dict[str, _Result]:
        if not wanted:
            return {}
        read = {column for rule in wanted for column in rule.on} | set(_NAMING)
        narrow = frame[[column for column in frame.columns if column in read]]
        batch = self._whole.get_batch(batch_parameters={"dataframe": narrow})
        suite = self._gx.ExpectationSuite(name="suite", expectations=[self._expectation(rule) for rule in wanted])
        found = {}
        for result in batch.validate(suite, result_format=result_format).results:
            check_id = result.expectation_config.meta["check_id"]  # they come in an order of their own
            found[check_id] = _Result(bool(result.success), _exception(result.exception_info), dict(result.result))
        return found

    def publish(self, todo: Plan, directory: Path) -> Path:
        """Suites, validations and Data Docs of every frame, written under ``directory``."""
        store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(directory)}
        index = {"class_name": "DefaultSiteIndexBuilder"}
        site = {"class_name": "SiteBuilder", "store_backend": store, "site_index_builder": index}
        self._context.add_data_docs_site("snapshot", site)
        definitions = []
        for name in todo.names():
            ready = [rule for rule in todo.rules if rule.frame == name and not todo.unready(rule)]
            ready = [_EVERY_FACT] if name == FACTS else ready
            suite = self._gx.ExpectationSuite(name=name, expectations=[self._expectation(rule) for rule in ready])
            asset = self._source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("whole")
            definition = self._gx.ValidationDefinition(name=name, data=asset, suite=self._context.suites.add(suite))
            definitions.append(self._context.validation_definitions.add(definition))
        for name, definition in zip(todo.names(), definitions, strict=True):
            definition.run(batch_parameters={"dataframe": todo.frames.get(name, pd.DataFrame())})
        self._context.build_data_docs(site_names=["snapshot"])
        return directory / "index.html"

    def _expectation(self, rule: Rule) -> Any:
        """The expectation of a rule; ``meta`` carries its id through Great Expectations."""
        gxe, on = self._gx.expectations, rule.on
        about: dict[str, Any] = {"severity": rule.severity, "meta": {"check_id": rule.check_id}}
        match rule.test:
            case "rows":
                return gxe.ExpectTableRowCountToBeBetween(min_value=rule.low, max_value=rule.high, **about)
            case "filled":
                return gxe.ExpectColumnValuesToNotBeNull(column=on[0], mostly=rule.mostly, **about)
            case "empty":
                return gxe.ExpectColumnValuesToBeNull(column=on[0], **about)
            case "unique" if len(on) == 1:
                return gxe.ExpectColumnValuesToBeUnique(column=on[0], **about)
            case "unique":
                return gxe.ExpectCompoundColumnsToBeUnique(column_list=list(on), **about)
            case "matches":
                return gxe.ExpectColumnValuesToMatchRegex(column=on[0], regex=rule.pattern, **about)
            case "one_of":
                return gxe.ExpectColumnValuesToBeInSet(column=on[0], value_set=list(rule.values), **about)
            case "between":
                limits = {"min_value": rule.low, "max_value": rule.high}
                return gxe.ExpectColumnValuesToBeBetween(column=on[0], **limits, **about)
            case "json":
                return gxe.ExpectColumnValuesToBeJsonParseable(column=on[0], **about)
            case "equal":
                pair = {"column_A": on[0], "column_B": on[1]}
                return gxe.ExpectColumnPairValuesToBeEqual(**pair, mostly=rule.mostly, **about)
            case "at_least":
                pair = {"column_A": on[0], "column_B": on[1], "ignore_row_if": "either_value_is_missing"}
                return gxe.ExpectColumnPairValuesAToBeGreaterThanB(**pair, or_equal=not rule.strict, **about)


def _exception(info: Mapping[str, Any]) -> str:
    """The exceptions behind a result as one text, in a fixed order; empty when there was none."""
    details = info.values() if "raised_exception" not in info else [info]
    messages = {str(d["exception_message"]) for d in details if isinstance(d, Mapping) and d.get("raised_exception")}
    return "; ".join(sorted(messages))
