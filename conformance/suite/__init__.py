"""How it is checked: one module for each chapter, one check function for each way to violate a requirement.

Only checks and their parameters belong here. A check sends requests, and expects something of each; what several checks need
belongs to ``inputs/``, ``ingestion/`` or ``expect``. Suite modules do not import each other.
"""
