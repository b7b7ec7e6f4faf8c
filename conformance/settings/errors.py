"""The error for user input that cannot be used."""


class ConfigurationError(ValueError):
    """A setting cannot be used; its text is one line that says what is wrong and what to write instead."""
