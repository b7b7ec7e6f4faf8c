"""What every report says, in whatever format: words, selections, causes. It has no layout in it."""
