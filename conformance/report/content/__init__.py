"""The content of the reports, independent of their formats: words, selections, causes, waivers, comparisons.

Pure functions of results. Markup, colours and widths belong to the formats.
"""
