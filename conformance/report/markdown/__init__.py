"""Reports in Markdown: the summary of a run, and a comparison."""
