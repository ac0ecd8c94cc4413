"""The templates' environment: one for each language; templates are compiled once a process, for both.

Everything that a template shows is escaped; texts of the data have their invisible characters written out. Sentences of
ours stand in the templates in both languages, side by side: ``{{ _("Pôles", "Poles") }}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, partial
from types import CodeType
from typing import Any
from urllib.parse import urlsplit

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup, escape

from ptce_etl.report import typography, words
from ptce_etl.report.typography import Lang, polish, visible

__all__ = ["environment", "safe_link"]


class _Context(Context):
    """Our own functions are called at once: a page has hundreds of sentences."""

    def call(self, called: Callable[..., Any], /, *values: Any, **named: Any) -> Any:
        if type(called) is partial:
            named.pop("_loop_vars", None)  # for functions that take the context; compiled into calls inside loops
            named.pop("_block_vars", None)
            return called(*values, **named)
        return super().call(called, *values, **named)


class _Environment(Environment):
    """Rows are dictionaries: ``one.name`` looks for the key first, not for an attribute that is hardly ever there."""

    context_class = _Context

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


class _Compiled(BytecodeCache):
    """What the templates were compiled to, for the other language: compiling takes as long as rendering the site."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.known[bucket.key, bucket.checksum] = bucket.code


@cache
def _compiled() -> _Compiled:
    return _Compiled()


@cache
def environment(lang: Lang) -> Environment:
    """The environment of a language; its templates are compiled when first asked for, and kept."""
    made = _Environment(
        loader=PackageLoader("ptce_etl.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_compiled(),
    )
    spoken = ("whole", "plain", "amount", "signed", "share", "day", "short_day", "month", "size", "spelled")
    filters: dict[str, Callable[..., object]] = {
        name: partial(_with_lang, getattr(typography, name), lang) for name in spoken
    }
    filters |= {"say": partial(_say, lang), "pick": partial(_pick, lang)}
    filters |= {"bits": partial(_bits, lang), "waterfall": partial(_waterfall, lang)}
    made.filters |= {name: _at_run_time(filtered) for name, filtered in filters.items()}
    made.globals |= {
        "lang": lang,
        "other": "en" if lang == "fr" else "fr",
        "_": partial(_text, lang),
        "label": partial(_label, lang),
        "out": partial(_out),
        "pole": _pole,
        "link_to": _pole,
        "gap": Markup('<span class="none">{}</span>').format(_sentence("non connu", "not known", lang)),
        "where": partial(_where, lang),
    }
    return made


def _at_run_time(filtered: Callable[..., object]) -> Callable[..., object]:
    """A filter that is not applied to constants when a template is compiled: that is done once for both languages."""

    def with_context(_context: Context, *values: Any) -> object:
        return filtered(*values)

    return pass_context(with_context)


def safe_link(address: object) -> str:
    """``address`` when it is one that a reader may be sent to (http, https), else nothing: names carry scripts."""
    if not isinstance(address, str) or not address.isprintable() or " " in address:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


def _bdi(text: object) -> Markup:
    """A text of the data, kept from turning its neighbours around."""
    return Markup(f"<bdi>{escape(_shown(text))}</bdi>")  # noqa: S704


def _out(address: object, text: object) -> Markup:
    """A link that leaves the site, when its address may be followed."""
    to = safe_link(address)
    if not to:
        return _bdi(text)
    link = f'<a href="{escape(to)}" rel="noopener noreferrer nofollow external">{_bdi(text)}</a>'
    return Markup(link)  # noqa: S704


@pass_context
def _pole(context: Context, pole_id: str, name: str) -> Markup:
    """A link to a pole's page."""
    link = f'<a href="{context["home"]}poles/{escape(pole_id)}.html">{_bdi(name)}</a>'
    return Markup(link)  # noqa: S704


def _where(lang: Lang, pole: Mapping[str, Any], *, finely: bool = False) -> Markup:
    """The place of a pole, as finely as it is known; with ``finely``, a region alone is left to its own column."""
    commune, departement = pole["commune"], pole["departement"]
    if commune:
        return _bdi(commune) + (f" ({departement})" if departement else "")
    if departement or (pole["region"] and not finely):
        return _bdi(departement or pole["region"])
    if pole["region"]:
        return Markup('<span class="none">–</span>')
    return Markup('<span class="none">{}</span>').format(_sentence("non connu", "not known", lang))


_SAYS_NOTHING_MORE = ("prior", "page", "site")  # signals whose name says what was compared


def _bits(lang: Lang, value: float) -> str:
    """A match weight with its sign."""
    said = typography.plain(value, lang)
    return f"+{said}" if round(value, 1) > 0 else said


def _waterfall(lang: Lang, reasons: Sequence[tuple[str, str, float]]) -> Markup:
    """Why a pair weighs what it weighs. In one go and not in the template: a site has tens of thousands of them."""
    parts = []
    for signal, compared, bits in reasons:
        more = (
            "" if signal in _SAYS_NOTHING_MORE else f' <span class="soft"><bdi>{escape(visible(compared))}</bdi></span>'
        )
        name = escape(visible(_label(lang, "SIGNALS", signal)))
        parts.append(f'<span class="why"><b>{_bits(lang, bits)}</b> {name}{more}</span>')
    return Markup(" ".join(parts))  # noqa: S704


@lru_cache(maxsize=1024)
def _label(lang: Lang, table: str, code: str) -> str:
    return polish(words.said(getattr(words, table), code, lang), lang)


def _with_lang(function: Callable[..., str], lang: Lang, value: Any, *rest: Any) -> str:
    return function(value, lang, *rest)


def _pick(lang: Lang, both: Sequence[Any]) -> Any:
    return both[lang == "en"]


def _shown(value: object) -> object:
    # Called for everything that a page shows.
    if type(value) is Markup or not isinstance(value, str) or value.isprintable() or isinstance(value, Markup):
        return value
    return visible(value)


@lru_cache(maxsize=4096)
def _sentence(french: str, english: str, lang: Lang) -> Markup:
    # The texts of the templates are ours, and may hold tags.
    return Markup(polish(french if lang == "fr" else english, lang))  # noqa: S704


def _text(lang: Lang, french: str, english: str, **values: object) -> Markup:
    sentence = _sentence(french, english, lang)
    if not values:
        return sentence
    # As Markup.format does, in a tenth of its time: what is put in is escaped here.
    return Markup(str.format(sentence, **{name: escape(_shown(value)) for name, value in values.items()}))  # noqa: S704


def _say(lang: Lang, text: object) -> Markup:
    """A sentence that the pipeline wrote, with the typography of the page."""
    return escape(visible(polish(str(text).replace("`", ""), lang)))  # METHOD.md's marks around names
