"""Makes the page of pytest-html usable with a keyboard, with a screen reader and with good contrast.

Its template has no hook for these changes, so they are made in the finished page.
"""

import re
from collections.abc import Callable

STYLE = (
    "<style>body,#results-table{color:#3a424b}a,.filters button,.collapse button{color:#0b57a4}"
    "span.passed,.passed .col-result{color:#116329}"
    "span.skipped,span.xfailed,span.rerun,.skipped .col-result,.xfailed .col-result,.rerun .col-result{color:#7a4a00}"
    "span.error,span.failed,span.xpassed,.error .col-result,.failed .col-result,.xpassed .col-result{color:#b3151c}"
    # A long line in the list of checks must not make the report above it wide.
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
"""Colours with more contrast, a dark scheme, and a table that scrolls if it is too wide."""
REPLACEMENTS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
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
    # In single quotes the JSON needs no escapes for its own quotes, and is a fifth shorter.
    (
        re.compile(r'(?<=data-jsonblob=)"([^"\']*)"'),
        lambda found: "'{}'".format(found[1].replace("&#34;", '"')),
    ),
    (re.compile(r'<img src="" />'), '<img src="" alt="" />'),
)
"""Patterns in the page, and their replacements. In the page of another release they may match nothing."""


def accessible(page: str) -> str:
    """Return the page with a language, names for its filters, more contrast, and logs that a keyboard can scroll."""
    for pattern, replacement in REPLACEMENTS:
        page = pattern.sub(replacement, page)
    return page
