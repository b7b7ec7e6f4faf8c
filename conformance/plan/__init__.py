"""What a run is going to send, and how long that takes: worked out from measured costs, without sending anything."""

from conformance.plan.costs import FILE
from conformance.plan.planning import LATENCY, Outlook, Plan, Selection, plan
from conformance.plan.shown import as_json, lines

__all__ = ["FILE", "LATENCY", "Outlook", "Plan", "Selection", "as_json", "lines", "plan"]
