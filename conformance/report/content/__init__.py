"""What every report says, before it has a format: words, selections, causes. Pure functions of results."""
