"""The patterns that tell what a figure of a skeleton is there for: ``de N0 a N1 en D2 , P3``."""

from __future__ import annotations

import re

__all__ = [
    "DIFFERENCES",
    "DOWN",
    "FEWER",
    "MORE",
    "MOVES",
    "PAIRS",
    "PERIODS",
    "RANGE",
    "SINCE",
    "UP",
    "YEARLY",
]

_END = r"[NP]\d+"
# Words between two figures; a word that is no sign, for a shorter stretch.
_GAP = r"(?: (?![NPTUX]\d)[^\s.;]+){0,9}?"
_FEW = r"(?: (?!\w\d)\w+){0,2}?"
_TO = "a|jusqu a|au|aux|to|up to|down to"
_AGAINST = (
    "contre|against|versus|vs|compared (?:with|to)|up from|down from|au lieu d|au lieu de|instead of|par rapport aux?|"
    "par rapport a"
)
_AGO = r"il y a D\d+|voila D\d+|D\d+ (?:ago|earlier|before|plus tot|auparavant|avant)"
_NOW = "aujourd hui|desormais|maintenant|actuellement|today|now|currently"
PAIRS = {
    name: re.compile(form)
    for name, form in {
        "from to": rf"\b(?:de|d|from) (?P<b>{_END}){_GAP} (?:{_TO}) (?P<t>{_END})\b",
        "between dated": rf"\b(?:entre|between) (?P<b>{_END}){_GAP} Y\d+{_GAP} (?:et|and) (?P<t>{_END}){_GAP} Y\d+",
        "to from": rf"\bto (?P<t>{_END}){_GAP} from (?P<b>{_END})\b",
        "against": rf"(?P<t>{_END}){_GAP} (?:{_AGAINST}){_FEW} (?P<b>{_END})\b",
        "times": rf"(?P<t>{_END}){_GAP} T\d+ (?:plus|more|moins|fewer|autant|as many){_GAP} (?P<b>{_END})\b",
        "ago": rf"(?P<b>{_END}){_GAP} (?:{_AGO}){_GAP} (?P<t>{_END})\b",
        "today": rf"(?P<t>{_END})(?: ptces?| poles?)? (?:{_NOW}){_GAP} (?P<b>{_END})\b",
        "now": rf"(?P<b>{_END}){_GAP} (?:{_NOW}){_GAP} (?P<t>{_END})\b",
        "were": rf"(?P<t>{_END}){_GAP} (?:ils|elles|they|on en) (?:etaient|comptait|were){_FEW} (?P<b>{_END})\b",
        "ends": rf"(?P<b>{_END}){_GAP} (?:au depart|at the start|initially){_GAP} (?P<t>{_END})\b",
        "bare": rf"(?P<b>{_END}) (?:a|to) (?P<t>{_END})\b",
        "arrow": rf"(?P<b>{_END}){_GAP} (?:→|->|=>) (?P<t>{_END})\b",
        "then": rf"(?P<b>{_END}){_GAP} (?:puis|then){_FEW} (?P<t>{_END})\b",
    }.items()
}
"""From b to t: tried in this order, each on the figures that the ones before it have left."""

RANGE = re.compile(
    r"\b(?:(?:entre|between) (?P<a>N\d+) (?:et|and) (?P<b>N\d+)|(?P<c>N\d+) (?:a|to|ou|or|-|–|—) (?P<d>N\d+))\b"
)
PERIODS = (
    re.compile(rf"\b(?:entre|between){_FEW} (?P<b>Y\d+) (?:et|and){_FEW} (?P<t>Y\d+)\b"),
    re.compile(rf"\b(?:de|d|from){_FEW} (?P<b>Y\d+) (?:a|au|to){_FEW} (?P<t>Y\d+)\b"),
    re.compile(r"(?P<b>Y\d+) (?:-|–|—|→|/) (?P<t>Y\d+)\b"),
)
SINCE = re.compile(rf"\b(?:depuis|since){_FEW} (?P<b>Y\d+)\b")
UP = re.compile(
    r"\b(?:augment\w*|hauss\w*|progress\w*|croissance|croit|croitre|crois\w*|bond\w*|grimp\w*|accru\w*|accroiss\w*|"
    r"essor|gagn\w*|increas\w*|ris(?:e|es|en|ing)|rose|gr[eo]w\w*|up|gain\w*|jump\w*|soar\w*|climb\w*|surg\w*|"
    r"expan\w*|en plus|de plus|supplementaires?|more|additional)\b"
)
DOWN = re.compile(
    r"\b(?:baiss\w*|diminu\w*|recul\w*|chut\w*|redui\w*|reduct\w*|reduc\w*|perd\w*|perte\w*|decroi\w*|decru\w*|"
    r"effondr\w*|repli\w*|regress\w*|decreas\w*|fell|fall\w*|drop\w*|declin\w*|down|lost|loss\w*|shr[aiu]nk\w*|cut|"
    r"en moins|de moins|fewer|less)\b"
)
MOVES = re.compile(r"\b(?:pass\w+|evolu\w+|went|goes|gone|moved|changed)\b")
YEARLY = re.compile(
    r"(?: \S+){0,2}? (?:par an(?:nee)?|l an|annuel\w*|per (?:year|annum)|yearly|annually|each year|every year|"
    r"chaque annee)\b"
)
FEWER = re.compile(r"(?: \S+)? (?:moins|fewer|less|smaller|lower)\b")
MORE = re.compile(r" (?:more|greater|higher|larger)\b")
_MORE_OF = "de plus|en plus|de moins|en moins|supplementaires?|more|fewer|less|additional"
_CHANGED_BY = (
    r"augment\w+|progress\w+|gagn\w+|baiss\w+|diminu\w+|recul\w+|perd\w+|increased|rose|grew|gained|fell|lost|dropped"
)
DIFFERENCES = (
    re.compile(rf"\bN(?P<n>\d+){_FEW} (?:{_MORE_OF})\b"),
    re.compile(rf"\b(?:{_CHANGED_BY}) (?:de|d|by) N(?P<n>\d+)\b"),
)
"""A count that is a difference: "147 de plus", "augmenté de 147"."""
