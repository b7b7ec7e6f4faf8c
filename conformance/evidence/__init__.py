"""Turns an exchange into evidence for reports: redacted, safe to print, cut to size, with a curl command that repeats it.

Everything from a target passes through here before it reaches a finding. The layout of reports belongs to ``report/``.
"""

from conformance.evidence.own_words import OwnWords
from conformance.evidence.redaction import Redactor, visible
from conformance.evidence.transcript import transcript

__all__ = ["OwnWords", "Redactor", "transcript", "visible"]
