"""What pytest-html's page lacks for those who read with a keyboard, a screen reader or little contrast.

Its template has no place for any of it, so the finished page is mended.
"""

import re
from collections.abc import Callable

STYLE = (
    "<style>body,#results-table{color:#3a424b}a,.filters button,.collapse button{color:#0b57a4}"
    "span.passed,.passed .col-result{color:#116329}"
    "span.skipped,span.xfailed,span.rerun,.skipped .col-result,.xfailed .col-result,.rerun .col-result{color:#7a4a00}"
    "span.error,span.failed,span.xpassed,.error .col-result,.failed .col-result,.xpassed .col-result{color:#b3151c}"
    # A long line in the list of checks makes the list wide, and not the report above it.
    "body{min-width:0}body>*{max-width:100%;overflow-wrap:anywhere}"
    "@media(max-width:60em){#results-table{display:block;overflow-x:auto}}"
    "@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark}"
    "body,h1,h2,p,#results-table,.logwrapper .log{background:#15191e;color:#e4e8ec}"
    "#environment tr:nth-child(odd),.logwrapper,.logwrapper .logexpander{background:#20262d;color:#e4e8ec}"
    ".logwrapper .logexpander:hover{color:#e4e8ec;border-color:#e4e8ec}"
    "#results-table,#results-table th,#results-table td,.logwrapper .log{border-color:#3b444e}"
    "a,.filters button,.collapse button{color:#7db8f5}"
    "span.passed,.passed .col-result{color:#6cd08a}"
    "span.skipped,span.xfailed,span.rerun,.skipped .col-result,.xfailed .col-result,.rerun .col-result{color:#f0b75c}"
    "span.error,span.failed,span.xpassed,.error .col-result,.failed .col-result,.xpassed .col-result{color:#ff9a94}}"
    "</style>"
)
"""Darker colours in the place of its own, the same words; and what is wide scrolls for itself; and dark for who reads so."""
MENDS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"<html>"), '<html lang="en">'),
    (
        re.compile(r"(?=</head>)"),
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n{STYLE}\n  ',
    ),
    (
        re.compile(r'<input (?=[^<>]*class="filter"[^<>]*data-test-result="(\w+)")'),
        r'<input aria-label="Show \1" ',
    ),
    (re.compile(r'<div class="logwrapper">'), '<div class="logwrapper" tabindex="0">'),
    # Between single quotes, of which no bare one is in it, a list in JSON is a fifth shorter.
    (
        re.compile(r'(?<=data-jsonblob=)"([^"\']*)"'),
        lambda found: "'{}'".format(found[1].replace("&#34;", '"')),
    ),
    (re.compile(r'<img src="" />'), '<img src="" alt="" />'),
)
"""What stands in the page, and what has to. A release of pytest-html that has it otherwise stays as it is."""


def mended(page: str) -> str:
    """Return pytest-html's page with a language, names for its filters, contrast, and logs that a keyboard scrolls."""
    for found, instead in MENDS:
        page = found.sub(instead, page)
    return page
