"""Identifiers of organisations and addresses of pages: checked, and brought to one form."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

__all__ = ["clean_url", "page_key", "rna", "siren", "siret", "website_domain"]

_BLANKS = re.compile(r"[\s\u00a0\u202f.\-]+")
_RNA = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")  # W751234567; letters for Corsica and overseas: W2A…, W9R…
_LA_POSTE = "356000000"
_NOTHING = {"", "null", "none", "nan", "n/a", "-", "aucun", "non"}
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})")
_WWW = re.compile(r"^(?:www[0-9]?\.)+(?=[^.]+\.)")
# Pages there belong to the platform: two poles may both have one.
_PLATFORMS = (
    "bsky.app dailymotion.com docs.google.com drive.google.com facebook.com fb.com framaforms.org goo.gl "
    "helloasso.com instagram.com linkedin.com linktr.ee maps.google.com pinterest.com sites.google.com tiktok.com "
    "twitter.com vimeo.com x.com youtu.be youtube.com"
).split()
_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|mc_cid|mc_eid|random-post|replytocom|lightbox|redirect|var_mode|debut_\w+|print)$"
)
# Hosts that show the same pages under many names; interface language at the end of the path.
_MIRRORS = ("socioeco.org", "citego.org")
_LANGUAGE = re.compile(r"_(?:fr|en|es|it|de|pt)(\.html)$")


def siren(text: str | None) -> str | None:
    """The 9 digits of a valid SIREN (Luhn), spaces taken out; None when it is not one."""
    digits = _BLANKS.sub("", text or "")
    return digits if re.fullmatch(r"[0-9]{9}", digits) and digits.strip("0") and _luhn(digits) else None


def siret(text: str | None) -> str | None:
    """The 14 digits of a valid SIRET; None when it is not one.

    Luhn, on a valid SIREN; La Poste's establishments may instead have a sum of digits that 5 divides.
    """
    digits = _BLANKS.sub("", text or "")
    if not re.fullmatch(r"[0-9]{14}", digits) or siren(digits[:9]) is None:
        return None
    poste = digits.startswith(_LA_POSTE) and sum(map(int, digits)) % 5 == 0
    return digits if _luhn(digits) or poste else None


def rna(text: str | None) -> str | None:
    """An RNA number (association): W, two signs of the prefecture's department, seven digits; None otherwise."""
    written = _BLANKS.sub("", text or "").upper()
    return written if _RNA.fullmatch(written) else None


def clean_url(text: str | None) -> str | None:
    """The first address written, with a scheme and a lower-case host without trailing dot; None when there is none.

    "NULL", "poleecotervosges.org", "https://A.fr; https://b.fr" and "HTTP://a.fr./" are all met.
    """
    return next((url for piece in re.split(r"[;\s]+", text or "") if (url := _url(piece))), None)


def website_domain(text: str | None) -> str | None:
    """Domain that is the pole's own: lower case, IDNA, without ``www.``; None for none or a platform's page."""
    for piece in re.split(r"[;\s]+", text or ""):
        url = _url(piece)
        host = _WWW.sub("", urlsplit(url).hostname or "") if url else ""
        if host and not any(host == platform or host.endswith(f".{platform}") for platform in _PLATFORMS):
            return host
    return None


def page_key(url: str | None) -> str | None:
    """One key for all the addresses of a page; None when it is not a web address.

    Scheme, ``www.``, trailing dot of the host, default port, fragment, tracking parameters, ``index.php``, ``.amp``,
    ``page`` views for print and a last slash say nothing about which page it is.
    """
    clean = _url((url or "").strip())
    if clean is None:
        return None
    parts = urlsplit(clean)
    host = _WWW.sub("", parts.hostname or "")
    path = quote(unquote(parts.path), safe="/,;:@&=+$!*'()~-._")
    mirror = next((m for m in _MIRRORS if host == m or host.endswith(f".{m}")), None)
    if mirror:
        host, path = mirror, _LANGUAGE.sub(r"\1", path)
    path = re.sub(r"/index\.(?:php|html?)(?=/|$)", "", path)
    path = re.sub(r"/layout/set/(?:embed|print)(?=/)", "", path)  # eZ Publish views
    path = re.sub(r"\.amp(?=\.html$)|/amp/?$", "", path).rstrip("/")
    pairs = sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(pair[0]))
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    return f"{host}{port}{path}" + (f"?{urlencode(pairs)}" if pairs else "")


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _url(text: str) -> str | None:
    """``text`` as an http(s) address with a well-formed host."""
    written = text.strip().strip("<>\"'«»,")
    if written.lower() in _NOTHING or "@" in written.split("/", maxsplit=1)[0]:
        return None
    if not _SCHEME.match(written):
        written = f"https://{written.lstrip('/')}"
    try:
        parts = urlsplit(written)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii").lower()
        port = parts.port
    except ValueError:  # not a port, not a host, not IDNA
        return None
    if parts.scheme.lower() not in ("http", "https") or not _HOST.fullmatch(host):
        return None
    netloc = f"{host}:{port}" if port else host
    return urlunsplit((parts.scheme.lower(), netloc, parts.path, parts.query, parts.fragment))
