"""The checks: one module for each chapter, and one function for each way to violate a requirement.

Only checks and their parameters belong here. A check sends requests and states what it expects of the replies. Code that
several checks need belongs to ``inputs/``, ``ingestion/`` or ``expect``. Suite modules do not import each other.
"""
