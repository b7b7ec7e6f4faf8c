"""The compliance report as HTML: a page of its own, and the same body for the top of another page."""

import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from conformance.report import view, waivers, words
from conformance.requirements import BY_ID, CHAPTERS, Needs
from conformance.requirements.advice import Advice, advice_on
from conformance.requirements.register import REGISTER
from conformance.results import Results, counts, headline
from conformance.verdicts import RunVerdict, Verdict

OPTION = re.compile(r"(--[a-z][a-z-]*|beacon-conformance [a-z]+)")
MOST_EVIDENCE = 3
"""Checks of one requirement that are shown with their whole exchange; the others by name."""
LONGEST_BODY = 2000
"""Characters of a body that the page shows; ``results.json`` has more."""
SHORT_COMMAND = 1000
"""Characters of a command that stands open."""
LONGEST_COMMAND = 6000
"""Characters; a command that is cut repeats nothing, so a longer one is left to ``results.json``."""


def compliance_page(results: Results) -> str:
    """Return ``compliance.html``: one complete document without scripts or anything loaded from elsewhere."""
    return _render("page.html.jinja", results)


def compliance_part(results: Results) -> str:
    """Return the body of the same report as a fragment; its style reaches nothing outside of it."""
    return _render("part.html.jinja", results)


def _render(template: str, results: Results) -> str:
    return environment().get_template(template).render(_context(results)) + "\n"


@cache
def environment() -> Environment:
    """Return what every page's template is rendered in."""
    made = Environment(
        autoescape=True,
        loader=PackageLoader("conformance.report"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        message=lambda part: view.message(part, LONGEST_BODY),
        options=_options,
        word=lambda verdict: words.VERDICTS[Verdict(verdict)],
        why=view.why,
        seen=view.seen,
        failing=view.failing,
        advice=_advice,
    )
    return made


def _advice(name: str) -> Advice | None:
    """Return the advice on a requirement, of which a results file has the id; None where this version has none."""
    requirement = BY_ID.get(name)
    return advice_on(requirement) if requirement else None


def _options(text: str) -> Markup:
    """Return a text with the options in it marked as code, everything else in it escaped."""
    parts = OPTION.split(text)
    marked = [
        Markup('<code class="option">{}</code>').format(part) if OPTION.fullmatch(part) else escape(part)
        for part in parts
    ]
    return Markup().join(marked)


def _context(results: Results) -> dict[str, Any]:
    return {
        "results": results,
        "title": words.TITLE,
        "headline": headline(results),
        "verdict": words.RUN_VERDICTS[RunVerdict(results["verdict"])],
        "counts": [(verdict, count) for verdict, count in counts(results).items() if count],
        "warning": words.CERTIFIES_NOTHING if results["target"]["kind"] == "reference" else "",
        "classes": [_class(name, summary) for name, summary in results["classes"].items()],
        "groups": view.not_judged(results),
        "exit": words.EXITS.get(results["exit_status"], ""),
        "failing_requirements": view.having(results, *view.FAILING),
        "broken": view.FAILING,
        "observed": view.having(results, Verdict.OBSERVED),
        "chapters": [
            (name, items)
            for name in CHAPTERS
            if (items := [item for item in results["requirements"] if item["chapter"] == name])
        ],
        "evidence_of": lambda requirement: view.evidence_of(requirement, MOST_EVIDENCE),
        "most_evidence": MOST_EVIDENCE,
        "short_body": view.SHORT_BODY,
        "short_command": SHORT_COMMAND,
        "longest_command": LONGEST_COMMAND,
        "register": REGISTER,
        "verdict_of": {item["id"]: item["verdict"] for item in results["requirements"]},
        "limits": words.LIMITS,
        "waivers": waivers.waivers(results),
        "waived": waivers.waived(results),
        "waivers_explained": waivers.EXPLAINED,
        "waivers_consequence": waivers.consequence(results),
    }


def _class(name: str, summary: dict[str, Any]) -> dict[str, Any]:
    described = words.CLASSES[Needs(name)]
    word = words.RUN_VERDICTS[RunVerdict(summary["verdict"])] if summary["must"] else words.NOTHING_ASKED
    return {
        **summary,
        "name": name,
        "about": described.about,
        "needs": described.needs,
        "word": word,
        "kind": summary["verdict"] if summary["must"] else "nothing-asked",
    }
