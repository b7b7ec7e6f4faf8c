"""Exchanges as reports may show them: redacted, cut to size, with a command that repeats the request.

Exchanges and expectations come in; plain values without secrets go out. Every secret has to be given to a ``Redactor``.
"""

from conformance.evidence.redaction import Redactor, visible
from conformance.evidence.transcript import transcript

__all__ = ["Redactor", "transcript", "visible"]
