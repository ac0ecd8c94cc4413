"""What belongs to a person is taken out of every text that is kept: by what it looks like, which is never all of it.

The first guard is that only mapped columns are kept, and that columns which hold persons cannot be mapped. This is the
second one, for texts in which somebody wrote a name or an address.
"""

from __future__ import annotations

import re

__all__ = ["scrubbed", "scrubbed_bytes"]

# Also one that was cut in the middle, by whoever quotes a page.
_EMAIL = re.compile(r"[\w.+%-]{1,64}(?:@|\s?\[at\]\s?|\s?\(at\)\s?|\s?&#64;\s?)[\w.-]{0,255}", re.IGNORECASE)
_PHONE = re.compile(
    r"(?<![\w/.-])(?:\+\s?\d{2,3}|00\s?\d{2,3}|0)[\s.\-]?(?:\(0\)\s?)?[1-9](?:[\s.\-]?\d{2}){4}(?![\w-])"
)
_PERSON = re.compile(
    r"\b(?:M\.|MM\.|Mr\.?|Mme|Mmes|Mlle|Monsieur|Madame|Dr\.?)"
    r"(?:\s+(?:(?:de|du|des|le|la)\s+|d['’])?[A-ZÀ-Þ][\w'’-]{1,40}){1,4}"
)


def scrubbed(text: str) -> str:
    """``text`` without e-mail addresses, telephone numbers and people called by a title."""
    if not text:
        return ""
    for pattern in (_EMAIL, _PHONE, _PERSON):
        text = pattern.sub(" ", text)
    return " ".join(text.split())


def scrubbed_bytes(body: bytes) -> bytes:
    """A page of text without e-mail addresses and telephone numbers; bytes that are no UTF-8 text as they are."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return body
    return _PHONE.sub(" ", _EMAIL.sub(" ", text)).encode()
