"""A comparison as one HTML page, without scripts or anything loaded from elsewhere, in the look of the reports."""

from conformance.report.content import comparison as said
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
        "title": said.TITLE,
        "conclusion": said.conclusion(comparison),
        "tone": "non-conformant" if comparison.is_worse else "conformant",
        "chapters": chapters.items(),
        "changes": said.CHANGES.items(),
        "kinds": said.KIND,
        "told": said.told,
        "identity": said.identity,
        "counted": said.counted,
        "class_changes": said.classes,
        "came": said.why,
        "shown": said.word,
        "run_words": words.RUN_VERDICTS,
    }
    return environment().get_template("comparison.html.jinja").render(context) + "\n"
