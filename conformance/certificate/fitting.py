"""Whether results have every requirement of the set that they name. Pure."""

from conformance.requirements import BY_ID
from conformance.requirements.model import Level
from conformance.requirements.sets import STRENGTH, RequirementSet, errata, weaker
from conformance.results import Results


def misfit(results: Results, chosen: RequirementSet) -> str:
    """Return in a few words why results do not fit their set; empty if they do.

    A level may be weaker than in the set if this version has it so, because a wrong MUST is made easier at once.
    """
    if results["suite"]["set_sha256"] != chosen.digest:
        return f"the digest of set {chosen.name} is not that of this version's file"
    items = {item["id"]: item for item in results["requirements"]}
    for name, entry in chosen.requirements.items():
        if name in errata():
            continue
        if name not in items:
            return f"{name} of set {chosen.name} is missing"
        now = BY_ID.get(name)
        least = weaker(Level(entry["level"]), now.level) if now else Level(entry["level"])
        if STRENGTH.index(Level(items[name]["level"])) < STRENGTH.index(least):
            return f"{name} is {items[name]['level']}, and {least} in set {chosen.name}"
        if items[name]["class"] != entry["class"]:
            return f"{name} is of class {items[name]['class']}, and of {entry['class']} in set {chosen.name}"
        if "provisional" in items[name]:
            return f"{name} is provisional, and counts in set {chosen.name}"
    return ""
