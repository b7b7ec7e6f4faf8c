"""Reports for a terminal: lines of text that fit its width.

It returns lines and prints nothing. The texts come from ``content/``.
"""
