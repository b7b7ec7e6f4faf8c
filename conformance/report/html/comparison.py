"""A comparison as one HTML page that has no script and loads nothing, in the style of the reports."""

from conformance.report.content import comparison as content
from conformance.report.content import words
from conformance.report.html.page import environment
from conformance.results.comparison import Comparison, Row


def comparison_page(comparison: Comparison) -> str:
    """Return the whole document."""
    chapters: dict[str, list[Row]] = {}
    for row in comparison.rows:
        chapters.setdefault(row.requirement["chapter"], []).append(row)
    context = {
        "comparison": comparison,
        "title": content.TITLE,
        "conclusion": content.conclusion(comparison),
        "tone": "non-conformant" if comparison.is_worse else "conformant",
        "chapters": chapters.items(),
        "changes": content.changes,
        "between": content.between,
        "observed": content.observed,
        "observed_heading": content.OBSERVED,
        "seen": content.seen,
        "kinds": content.KIND,
        "about": content.about,
        "identity": content.identity,
        "counted": content.counted,
        "class_changes": content.classes,
        "why": content.why,
        "word": content.word,
        "run_words": words.RUN_VERDICTS,
    }
    return environment().get_template("comparison.html.jinja").render(context) + "\n"
