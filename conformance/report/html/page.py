"""The compliance report as HTML: a page of its own, and the same body for the top of another page."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from conformance.report.content import causes, excerpts, selection, waivers, words
from conformance.report.content.headers import telling_headers
from conformance.report.html import charts
from conformance.requirements import BY_ID, Needs
from conformance.requirements.advice import Advice, advice_on
from conformance.requirements.open_questions import OPEN_QUESTIONS
from conformance.results import Results, headline
from conformance.results.verdicts import RunVerdict, Verdict

OPTION = re.compile(r"(--[a-z][a-z-]*|beacon-conformance [a-z]+)")
LONGEST_PAGE, LONGEST_PART = 1_450_000, 550_000
"""Bytes: what a forge and a mail server let through; beside the part stands a list of some hundred checks, with as much."""


@dataclass(frozen=True)
class Detail:
    """How much of the evidence a page shows; ``results.json`` has all of it."""

    evidence: int
    """Checks of one requirement that are shown with their whole exchange; the others by name."""
    body: int
    """Characters of a body, of the lines before it, and of a value."""
    short_command: int
    """Characters of a command that stands open."""
    command: int
    """Characters of a command that is shown at all: one that is cut repeats nothing."""
    reason: int = 240
    """Characters of what a check came to that is only named; with none, its name has to do."""


DETAILS = (
    Detail(3, 2000, 1000, 6000),
    Detail(2, 1000, 1000, 2000),
    Detail(1, 600, 1000, 1000),
    Detail(1, 200, 400, 400),
    Detail(1, 80, 200, 200, 0),
)
"""The fullest first; the first that makes a page that is not too long is taken."""
MOST_CAUSES = 4
"""Reasons that stand at the top; the others are among what is not green."""
MOST_NAMED = 4
"""Requirements that are named there for one reason."""
LONGEST_REASON = 240
"""Characters of a reason there."""
MOST_SEEN = 2
"""Things that a target does about an open question."""


def compliance_page(results: Results) -> str:
    """Return ``compliance.html``: one complete document without scripts or anything loaded from elsewhere."""
    return _render("page.html.jinja", results, LONGEST_PAGE)


def compliance_part(results: Results) -> str:
    """Return the body of the same report as a fragment; its style reaches nothing outside of it."""
    return _render("part.html.jinja", results, LONGEST_PART)


def _render(template: str, results: Results, longest: int) -> str:
    page, context = environment().get_template(template), _context(results)
    text = ""
    for detail in DETAILS:
        text = page.render(context, detail=detail, evidence_of=_evidence_of(detail)) + "\n"
        if len(text.encode()) <= longest:
            break
    return text


def _evidence_of(detail: Detail) -> Callable[[selection.Item], list[selection.Item]]:
    return lambda requirement: selection.evidence_of(requirement, detail.evidence)


@cache
def environment() -> Environment:
    """Return what every page's template is rendered in."""
    made = Environment(
        autoescape=True,
        loader=PackageLoader("conformance.report.html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        message=excerpts.message,
        options=_options,
        word=lambda verdict: words.VERDICTS[Verdict(verdict)],
        why=selection.why,
        seen=selection.seen,
        does=lambda requirement: selection.does(requirement, MOST_SEEN),
        upto=excerpts.shortened,
        cut=lambda text: excerpts.cut(text, LONGEST_REASON),
        failing=selection.failing,
        place=selection.place,
        telling=telling_headers,
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
    requirements = results["requirements"]
    chapters = {
        name: [item for item in requirements if item["chapter"] == name] for name in _chapters(results)
    }
    longest = max(map(len, chapters.values()))
    return {
        "results": results,
        "title": words.TITLE,
        "headline": headline(results),
        "verdict": words.RUN_VERDICTS[RunVerdict(results["verdict"])],
        "counts": charts.by_verdict(requirements),
        "causes": causes.causes(results),
        "most_causes": MOST_CAUSES,
        "most_named": MOST_NAMED,
        "steps": list(causes.next_steps(results)),
        "warning": words.CERTIFIES_NOTHING if results["target"]["kind"] == "reference" else "",
        "classes": [_class(name, summary) for name, summary in results["classes"].items()],
        "groups": selection.not_judged(results),
        "exit": words.EXITS.get(results["exit_status"], ""),
        "failing_requirements": selection.having(results, *selection.FAILING),
        "broken": selection.FAILING,
        "observed": selection.having(results, Verdict.OBSERVED),
        "chapters": [
            (name, items, charts.by_verdict(items), charts.chapter_bar(items, longest))
            for name, items in chapters.items()
        ],
        "timeline": charts.timeline(results["run"]),
        "sizes": charts.sizes(results["run"]),
        "short_body": excerpts.SHORT_BODY,
        "register": OPEN_QUESTIONS,
        "by_id": {item["id"]: item for item in requirements},
        "limits": words.LIMITS,
        "waivers": waivers.waivers(results),
        "waived": waivers.waived(results),
        "waivers_explained": waivers.EXPLAINED,
        "waivers_consequence": waivers.consequence(results),
    }


def _chapters(results: Results) -> list[str]:
    """Return the chapters of a results file, which need not be those of this version, in its order."""
    return list(dict.fromkeys(item["chapter"] for item in results["requirements"]))


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
