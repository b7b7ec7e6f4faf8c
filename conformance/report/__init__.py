"""The reports: pure functions from results to text, with a package for each format and ``content/`` for shared parts.

It imports requirements and results. It decides no verdict and contacts no target: everything that it shows is in
``results.json``. Nothing is imported here, so that a command that prints one line loads no library of the pages.
"""
