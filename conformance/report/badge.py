"""The badge: verdict, classes and date. It has no percentage, because a target conforms or it does not."""

from typing import Any
from xml.etree import ElementTree as ET

from conformance.report.content.words import RUN_VERDICTS
from conformance.results import Results
from conformance.results.verdicts import RunVerdict

LABEL = "POST /beacon"
LABEL_COLOUR = "#444444"
COLOURS = {
    RunVerdict.CONFORMANT: "#1a7f37",
    RunVerdict.NON_CONFORMANT: "#b42318",
    RunVerdict.NOT_FULLY_VERIFIED: "#8a5a00",
    RunVerdict.INVALID_RUN: "#57606a",
}
"""White text has a contrast of at least 4.5 on each."""
GREY = COLOURS[RunVerdict.INVALID_RUN]
REFERENCE = "reference (certifies nothing)"
SVG = "http://www.w3.org/2000/svg"
HEIGHT, BASELINE, MARGIN, SIZE = 20, 14, 6, 11
"""Pixels."""
NARROW, WIDE = set("fijlrt()[]/.,:;|!'·- "), set("mwMW")
FACTORS = {"narrow": 0.39, "wide": 0.93, "other": 0.62}
"""Approximate widths of Verdana's letters, as parts of the font size. SVG stretches the text, so that any font fits."""


def badge(results: Results) -> dict[str, Any]:
    """Return ``badge.json``, in the endpoint format of shields.io."""
    return {
        "schemaVersion": 1,
        "label": LABEL,
        "message": _message(results),
        "color": _colour(results),
        "labelColor": LABEL_COLOUR,
    }


def _colour(results: Results) -> str:
    return GREY if results["target"]["kind"] == "reference" else COLOURS[RunVerdict(results["verdict"])]


def _message(results: Results) -> str:
    verdict = RunVerdict(results["verdict"])
    day = results["run"]["finished"][:10]
    if results["target"]["kind"] == "reference":
        return f"{REFERENCE} · {day}"
    word = RUN_VERDICTS[verdict].text.lower()
    return " · ".join(part for part in (_classes(results, verdict), word, day) if part)


def _classes(results: Results, verdict: RunVerdict) -> str:
    """Return the classes with the run's verdict; if the run is not fully verified, only the required ones."""
    return ", ".join(
        name
        for name, item in results["classes"].items()
        if item["must"]
        and item["verdict"] == verdict
        and (item["required"] or verdict is not RunVerdict.NOT_FULLY_VERIFIED)
    )


def badge_image(results: Results) -> str:
    """Return ``badge.svg``, a picture whose text screen readers can read."""
    content = badge(results)
    parts = [(content["label"], content["labelColor"]), (content["message"], content["color"])]
    widths = [_width(text) + 2 * MARGIN for text, _ in parts]
    label = f"{content['label']}: {content['message']}"
    size = {"width": str(sum(widths)), "height": str(HEIGHT)}
    root = ET.Element(
        "svg",
        {"xmlns": SVG, **size, "viewBox": f"0 0 {sum(widths)} {HEIGHT}", "role": "img", "aria-label": label},
    )
    ET.SubElement(root, "title").text = label
    left = 0
    for (text, colour), width in zip(parts, widths, strict=True):
        place = {"x": str(left), "width": str(width), "height": str(HEIGHT)}
        ET.SubElement(root, "rect", {**place, "fill": colour})
        ET.SubElement(
            root,
            "text",
            {
                "x": str(left + MARGIN),
                "y": str(BASELINE),
                "textLength": str(width - 2 * MARGIN),
                "lengthAdjust": "spacingAndGlyphs",
                "fill": "#ffffff",
                "font-family": "Verdana, DejaVu Sans, sans-serif",
                "font-size": str(SIZE),
                "aria-hidden": "true",
            },
        ).text = text
        left += width
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode") + "\n"


def _width(text: str) -> int:
    """Return the approximate width of a text in pixels."""
    kinds = ["narrow" if letter in NARROW else "wide" if letter in WIDE else "other" for letter in text]
    return round(SIZE * sum(FACTORS[kind] for kind in kinds))
