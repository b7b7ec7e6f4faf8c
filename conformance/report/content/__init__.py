"""What every report says, before it has a format: words, selections, causes, waivers, comparisons.

Pure functions of results. Markup, colours and widths belong to the formats.
"""
