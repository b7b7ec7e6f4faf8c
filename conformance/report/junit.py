"""``junit.xml``: a test suite for each requirement, and a test case for each check."""

from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree as ET

from conformance.report.content import examined, excerpts, selection
from conformance.report.content.words import TITLE
from conformance.report.text.failure import failure_block
from conformance.results import Results
from conformance.results.verdicts import Outcome, Verdict

GREEN = (Verdict.HELD, Verdict.OBSERVED)
PROPERTIES = ("id", "chapter", "level", "class", "basis", "source", "statement", "verdict")
"""Members of a requirement that are properties of its test suite."""


def junit(results: Results) -> str:
    """Return the document. Only a violation is a failure; a check that is not green for another reason is skipped."""
    root = ET.Element("testsuites", {"name": TITLE})
    root.extend(_suite(requirement, results["run"]["started"]) for requirement in results["requirements"])
    if examined.warnings(results):
        root.append(_doctor(results, results["run"]["started"]))
    faults = results["run"]["faults"]
    if faults:
        root.append(_faults(faults, results["run"]["started"]))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{_elapsed(results['run']):.3f}")
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _elapsed(run: selection.Item) -> float:
    started, finished = (datetime.fromisoformat(run[name]) for name in ("started", "finished"))
    return (finished - started).total_seconds()


def _suite(requirement: selection.Item, started: str) -> ET.Element:
    suite = ET.Element("testsuite", {"name": escape_xml(requirement["id"])})
    properties = ET.SubElement(suite, "properties")
    for name in PROPERTIES:
        ET.SubElement(properties, "property", {"name": name, "value": escape_xml(requirement[name])})
    modules = dict.fromkeys(filter(None, (finding.get("module") for finding in requirement["findings"])))
    if modules:
        # The common schema has no attribute for the file of a test case.
        ET.SubElement(properties, "property", {"name": "file", "value": escape_xml(", ".join(modules))})
    suite.extend(_checks(requirement))
    _count(suite, started, sum(finding["seconds"] for finding in requirement["findings"]))
    return suite


def _doctor(results: Results, started: str) -> ET.Element:
    """Return what the doctor warned of, as skipped checks: viewers show their text."""
    suite = ET.Element("testsuite", {"name": "doctor"})
    for step in examined.warnings(results):
        name = {"classname": "doctor", "name": escape_xml(step["tried"])}
        check = ET.SubElement(suite, "testcase", name)
        _add_result(check, "skipped", "warning", examined.sentence(step))
    _count(suite, started, 0)
    return suite


def _faults(faults: list[str], started: str) -> ET.Element:
    suite = ET.Element("testsuite", {"name": "suite"})
    for fault in faults:
        check = ET.SubElement(suite, "testcase", {"classname": "suite", "name": escape_xml(fault)})
        ET.SubElement(check, "error", {"message": escape_xml(fault), "type": str(Outcome.SUITE_FAULT)})
    _count(suite, started, 0)
    return suite


def _count(suite: ET.Element, started: str, seconds: float) -> None:
    for name, path in (
        ("tests", ""),
        ("failures", "/failure"),
        ("errors", "/error"),
        ("skipped", "/skipped"),
    ):
        suite.set(name, str(len(suite.findall(f"testcase{path}"))))
    suite.set("time", f"{seconds:.3f}")
    suite.set("timestamp", escape_xml(started))


def _checks(requirement: selection.Item) -> Iterator[ET.Element]:
    for finding in requirement["findings"]:
        attributes = {"name": finding["check"], "time": f"{finding['seconds']:.3f}"}
        check = _check(requirement, attributes)
        _add_outcome(check, requirement, finding)
        yield check
    if not requirement["findings"]:
        # A test suite without a test case looks green in some viewers.
        check = _check(requirement, {"name": "not judged"})
        _add_result(check, "skipped", str(Verdict.NOT_JUDGED), requirement["reason"])
        yield check


def _check(requirement: selection.Item, attributes: dict[str, str]) -> ET.Element:
    return ET.Element(
        "testcase",
        {
            "classname": escape_xml(requirement["id"]),
            **{name: escape_xml(value) for name, value in attributes.items()},
        },
    )


def _add_outcome(check: ET.Element, requirement: selection.Item, finding: selection.Item) -> None:
    verdict = Verdict(finding["verdict"])
    if finding["outcome"] == Outcome.SUITE_FAULT:
        _add_result(check, "error", finding["outcome"], finding["reason"], finding.get("traceback", ""))
    elif verdict not in GREEN:
        kind = "failure" if verdict is Verdict.VIOLATED else "skipped"
        has_evidence = verdict in selection.FAILING and bool(finding["evidence"])
        _add_result(
            check,
            kind,
            verdict,
            selection.why(finding),
            failure_block(requirement, finding) if has_evidence else "",
        )


def _add_result(check: ET.Element, kind: str, verdict: str, why: str, text: str = "") -> None:
    # A skipped check may be warned, unstable or not judged, and viewers do not show the type.
    message = f"{verdict}: {why}" if kind == "skipped" else why
    element = ET.SubElement(check, kind, {"message": escape_xml(message), "type": verdict})
    if text:
        element.text = "\n".join(map(escape_xml, text.split("\n")))


def escape_xml(text: str) -> str:
    """Return a text in one line; characters that XML 1.0 forbids or that a viewer obeys become escapes."""
    return excerpts.one_line(text)
