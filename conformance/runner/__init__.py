"""From one check to one finding: the call, the second call after a violation, generated examples, the thread pool.

It knows checks and targets. Hooks, fixtures and reports of pytest belong to ``plugin/``.
"""
