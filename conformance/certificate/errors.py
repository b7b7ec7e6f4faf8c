"""Errors of certificates; each text is one line that says what is wrong and what to do about it."""


class UnusableCertificate(ValueError):
    """A file, a key or an option cannot be used."""


class NotGenuine(ValueError):
    """Something was changed, or was not made by whom it names."""
