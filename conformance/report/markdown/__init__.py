"""Reports in Markdown: the summary of a run, and a comparison.

Text from a target is escaped here, so that it cannot become markup. The texts come from ``content/``.
"""
