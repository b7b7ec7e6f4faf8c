"""What may be shown of an exchange: redacted, inert, cut to size, with a command that repeats it."""

from conformance.evidence.redaction import Redactor, visible
from conformance.evidence.transcript import transcript

__all__ = ["Redactor", "transcript", "visible"]
