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
from ptce_etl.schema import PANDAS, TABLES
from ptce_etl.validate import bounds
from ptce_etl.validate.derive import derive
from ptce_etl.validate.facts import facts
from ptce_etl.validate.outcome import broken, failed, held, keyed
from ptce_etl.validate.rule import FACTS, Rule
from ptce_etl.validate.rules import Sizes, rules
from ptce_etl.validate.world import World

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
    plan = _plan(tables, sources, programmes, previous, settings, backcast=backcast, only=only)
    engine = _Engine(_great_expectations())
    rows = [row for frame in plan.names() for row in _check(engine, plan, frame)]
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
) -> Path:
    """Build Great Expectations' own Data Docs of the same suites into ``directory``; returns its ``index.html``.

    An option for people who know Great Expectations. These pages load their styles and scripts from several public
    hosts when they are opened: offline they look bare, and online they tell those hosts that somebody reads them. They
    carry the time of the run, so two builds differ. The report that readers get is ``report.validation``.
    """
    plan = _plan(tables, sources, programmes, previous, settings, backcast=backcast)
    return _Engine(_great_expectations()).publish(plan, directory.absolute())


@dataclass(frozen=True, slots=True)
class _Plan:
    """The rules, the frames they read, and why some columns could not be made."""

    rules: tuple[Rule, ...]
    frames: Mapping[str, pd.DataFrame]
    absent: Mapping[str, str]

    def names(self) -> list[str]:
        return list(dict.fromkeys(rule.frame for rule in self.rules))

    def unready(self, rule: Rule) -> str:
        """What the rule needs and is not there; empty when it can run."""
        if rule.frame != FACTS and rule.frame not in self.frames:
            return f"absent: {rule.frame}"
        made = [f"{rule.table}.{rule.name}"] if rule.frame == FACTS else [f"{rule.frame}.{name}" for name in rule.on]
        gone = [self.absent[name] for name in made if name in self.absent]
        return f"absent: {', '.join(dict.fromkeys(gone))}" if gone else ""


def _plan(
    tables: Mapping[str, pd.DataFrame],
    sources: Sequence[Source],
    programmes: Sequence[Programme],
    previous: Mapping[str, pd.DataFrame] | None,
    settings: Settings,
    *,
    backcast: bool,
    only: Collection[str] | None = None,
) -> _Plan:
    given = {name: tables[name].reset_index(drop=True) for name in bounds.ROWS if name in tables}
    world = World(given, tuple(sources), tuple(programmes), previous or {})
    now, before = ([len(of.get(name, ())) for name in ("poles", "listings")] for of in (given, world.previous))
    every = rules(given, Sizes(*now, *before), settings, backcast=backcast)
    chosen = tuple(rule for rule in every if only is None or rule.check_id in only)
    frames, absent = derive(world, {f"{rule.frame}.{column}" for rule in chosen for column in rule.on})
    beside, without = facts(world, {f"{rule.table}.{rule.name}" for rule in chosen if rule.frame == FACTS})
    plain = {name: _plain(frame) for name, frame in {**frames, FACTS: beside}.items()}
    return _Plan(chosen, plain, absent | without)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Nullable integers as floats: Great Expectations raises on a comparison that gives ``pd.NA``."""
    nullable = [name for name in frame.columns if pd.api.types.is_extension_array_dtype(frame[name].dtype)]
    numeric = [name for name in nullable if pd.api.types.is_integer_dtype(frame[name].dtype)]
    return frame.astype(dict.fromkeys(numeric, "float64"))


def _check(engine: _Engine, plan: _Plan, name: str) -> Iterable[dict[str, object]]:
    """The rows of the rules of one frame: pass or fail first, the offending rows of the failures next."""
    frame = plan.frames.get(name, pd.DataFrame())
    todo: list[Rule] = []
    for rule in plan.rules:
        if rule.frame == name:
            why = plan.unready(rule)
            if why:
                yield broken(rule, len(frame), why)
            else:
                todo.append(rule)
    results = engine.validate(frame, todo, "BOOLEAN_ONLY")
    lost = [rule for rule in todo if not results[rule.check_id].success and not results[rule.check_id].exception]
    if lost:
        complete = {"result_format": "COMPLETE", "unexpected_index_column_names": sorted({rule.key for rule in lost})}
        results |= engine.validate(keyed(name, frame), lost, complete)
    for rule in todo:
        result = results[rule.check_id]
        if result.success:
            yield held(rule, frame)
        elif result.exception:
            yield broken(rule, len(frame), f"exception: {result.exception}")
        else:
            yield failed(rule, frame, result.detail)


def _great_expectations() -> ModuleType:
    """Great Expectations, imported now."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # older releases of the range we accept call home at import
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
        from great_expectations.data_context.types import base

        self._gx = gx
        config = base.DataContextConfig(
            store_backend_defaults=base.InMemoryStoreBackendDefaults(),  # and no temporary site of Data Docs
            progress_bars=base.ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        )
        self._context = gx.get_context(mode="ephemeral", project_config=config)
        self._source = self._context.data_sources.add_pandas("candidate")
        self._whole = self._source.add_dataframe_asset("frame").add_batch_definition_whole_dataframe("whole")

    def validate(
        self, frame: pd.DataFrame, wanted: Sequence[Rule], result_format: str | Mapping[str, object]
    ) -> dict[str, _Result]:
        """The result of each rule by ``check_id``: Great Expectations gives them in an order of its own."""
        if not wanted:
            return {}
        read = dict.fromkeys(column for rule in wanted for column in (*rule.on, rule.key) if column in frame.columns)
        batch = self._whole.get_batch(batch_parameters={"dataframe": frame[list(read)]})
        suite = self._gx.ExpectationSuite(name="suite", expectations=[self._expectation(rule) for rule in wanted])
        found = {}
        for result in batch.validate(suite, result_format=result_format).results:
            check_id = result.expectation_config.meta["check_id"]
            found[check_id] = _Result(bool(result.success), _exception(result.exception_info), dict(result.result))
        return found

    def publish(self, plan: _Plan, directory: Path) -> Path:
        """Suites, validations and Data Docs of every frame, written under ``directory``."""
        store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(directory)}
        index = {"class_name": "DefaultSiteIndexBuilder"}
        site = {"class_name": "SiteBuilder", "store_backend": store, "site_index_builder": index}
        self._context.add_data_docs_site("snapshot", site)
        definitions = []
        for name in plan.names():
            ready = [rule for rule in plan.rules if rule.frame == name and not plan.unready(rule)]
            suite = self._gx.ExpectationSuite(name=name, expectations=[self._expectation(rule) for rule in ready])
            asset = self._source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("whole")
            definition = self._gx.ValidationDefinition(name=name, data=asset, suite=self._context.suites.add(suite))
            definitions.append(self._context.validation_definitions.add(definition))
        for name, definition in zip(plan.names(), definitions, strict=True):
            definition.run(batch_parameters={"dataframe": plan.frames.get(name, pd.DataFrame())})
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
