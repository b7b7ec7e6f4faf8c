"""The summary of a run as Markdown, for the comment of a pull request and the page of a CI step."""

import re

from conformance.report.content import examined, excerpts, guesses, selection, waivers, words
from conformance.requirements import Needs
from conformance.results import Results, counts, headline
from conformance.results.verdicts import RunVerdict, Verdict

MOST_LINES = 60
LONGEST_CELL = 160
MOST_GROUPS = 8
MOST_GROWTH = 3
"""Escaping makes a text at most this many times as long."""
ACTIVE = re.compile(
    r"[&<>\\`*_\[\]|!~$^#@%]|://|\bwww\.|\b(?:GH|JIRA)-(?=\d)|:(?=[A-Za-z+_-])|(?<!\d):(?=\d)|^(?:[-+=/:]|\d+(?=[.)](?:\s|$)))",
    re.IGNORECASE,
)
"""What acts as Markdown, HTML, a mention, a reference or a link on a code host; at the beginning of a text also what could
begin a list, a heading, or a command of a bot."""
NAMES_OTHERS = "#@%"
"""Code hosts link what follows these characters, even if they are written as entities."""


def summary(results: Results) -> str:
    """Return the summary, of at most 60 lines: the headline, the classes, then what is not green."""
    word = words.RUN_VERDICTS[RunVerdict(results["verdict"])]
    lines = [f"## {word.shape} {word.text}: POST /beacon", "", escape_markdown(headline(results)), ""]
    if "implementation" in results["target"]:
        lines += [f"Implementation: {escape_markdown(results['target']['implementation'])}", ""]
    if results["run"]["interrupted"]:
        lines += [words.INTERRUPTED, ""]
    if results["target"]["kind"] == "reference":
        lines += [words.CERTIFIES_NOTHING, ""]
    if shown := words.shown_secrets(results):
        lines += [escape_markdown(shown), ""]
    lines += _seen_before(results)
    lines += [*_classes(results), "", _counts(results), ""]
    last = _last(results)
    groups = [*_guesses(results), *_waivers(results), *_groups(results)]
    lines += _failures(results, MOST_LINES - len(lines) - len(groups) - len(last))
    return "\n".join([*lines, *groups, *last]) + "\n"


def escape_markdown(text: str, longest: int = 2000) -> str:
    """Return a text of at most ``longest`` characters, in which nothing acts as Markdown, HTML, a mention or a link."""
    flat = excerpts.one_line(" ".join(text.split()))
    most = MOST_GROWTH * longest
    # A text of only such characters would make a comment longer than code hosts accept.
    while len(escaped := _escaped(excerpts.cut(flat, longest))) > most:
        longest = longest * 3 // 4
    return escaped


def _escaped(text: str) -> str:
    return ACTIVE.sub(lambda found: "".join(map(_entity, found[0])), text)


def _entity(character: str) -> str:
    return f"&#{ord(character)};" + ("&#8203;" if character in NAMES_OTHERS else "")


def _seen_before(results: Results) -> list[str]:
    """Return what the doctor warned of: an option may be wrong, and not the target."""
    warnings = examined.warnings(results)
    if not warnings:
        return []
    lines = [
        f"- ! {examined.SEEN_FIRST}: {escape_markdown(examined.sentence(step), 3 * LONGEST_CELL)}"
        for step in warnings[:MOST_GROUPS]
    ]
    hidden = len(warnings) - MOST_GROUPS
    return [*lines, *([f"- and {hidden} more"] if hidden > 0 else []), ""]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _classes(results: Results) -> list[str]:
    rows = [_row("Class", "Required", "MUST held", "Verdict"), _row("---", "---", "---", "---")]
    for name, item in results["classes"].items():
        word = words.RUN_VERDICTS[RunVerdict(item["verdict"])] if item["must"] else words.NOTHING_ASKED
        required = "required" if item["required"] else "not required"
        held = f"{item['held']} of {item['must']}"
        rows.append(_row(str(Needs(name)), required, held, f"{word.shape} {word.text}"))
    return rows


def _counts(results: Results) -> str:
    named = [f"{count} {words.VERDICTS[verdict].text}" for verdict, count in counts(results).items() if count]
    return f"{len(results['requirements'])} requirements: {', '.join(named)}."


def _failures(results: Results, room: int) -> list[str]:
    items = selection.having(results, *selection.FAILING)
    if not items:
        return []
    around = 4
    listed = items if len(items) <= room - around else items[: room - around - 1]
    rows = [_row("Not green", "Requirement", "Statement", "Why"), _row("---", "---", "---", "---")]
    for item in listed:
        word = words.VERDICTS[Verdict(item["verdict"])]
        rows.append(
            _row(
                f"{word.shape} {word.text}",
                f"{escape_markdown(item['id'])} ({escape_markdown(words.level(item))})",
                escape_markdown(item["statement"], LONGEST_CELL),
                escape_markdown(selection.reason(item), LONGEST_CELL),
            )
        )
    if len(listed) < len(items):
        rows.append(_row(f"and {len(items) - len(listed)} more", "", "", ""))
    return [*rows, ""]


def _guesses(results: Results) -> list[str]:
    lines = [
        f"- {escape_markdown(one.sentence, 3 * LONGEST_CELL)} How to fix it: {escape_markdown(one.command)}"
        for one in guesses.guesses(results)
    ]
    return [*lines, "", guesses.NO_VERDICT, ""] if lines else []


def _waivers(results: Results) -> list[str]:
    entries = waivers.waivers(results)
    if not entries:
        return []
    lines = [
        f"- {one.word.shape} {one.word.text}: {escape_markdown(one.item['requirement'])}: {escape_markdown(one.item['detail'], LONGEST_CELL)}."
        f" {escape_markdown(one.item['reason'], LONGEST_CELL)} ({escape_markdown(one.accountable, LONGEST_CELL)})"
        for one in entries[:MOST_GROUPS]
    ]
    hidden = len(entries) - MOST_GROUPS
    return [
        *lines,
        *([f"- and {hidden} more waivers"] if hidden > 0 else []),
        "",
        waivers.consequence(results),
        "",
    ]


def _groups(results: Results) -> list[str]:
    groups = selection.not_judged(results)
    if not groups:
        return []
    lines = [
        f"- ? {len(group.items)} not judged: {escape_markdown(group.reason, LONGEST_CELL)}."
        f" Needs: {escape_markdown(group.remedy, 2 * LONGEST_CELL)}."
        for group in groups[:MOST_GROUPS]
    ]
    hidden = sum(len(group.items) for group in groups[MOST_GROUPS:])
    if hidden:
        lines.append(f"- and {hidden} more")
    return [*lines, ""]


def _last(results: Results) -> list[str]:
    run = results["run"]
    used = words.browser(results)
    return [
        *([f"Through {escape_markdown(used)}.", ""] if used else []),
        *(
            [f"Options: {escape_markdown(given, 4 * LONGEST_CELL)}.", ""]
            if (given := _options(results))
            else []
        ),
        (
            f"Run {escape_markdown(run['id'])}, {escape_markdown(run['started'])} to {escape_markdown(run['finished'])}, seed {run['seed']},"
            f" {_count(run['requests'], 'request')}, {_count(run['events'], 'event')},"
            f" {escape_markdown(results['suite']['name'])} {escape_markdown(results['suite']['version'])}."
            " Evidence: compliance.html and results.json in the report directory."
        ),
    ]


def _options(results: Results) -> str:
    return ", ".join(f"{flag} {value}" for flag, value in examined.options(results))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
