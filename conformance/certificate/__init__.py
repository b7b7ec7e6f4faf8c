"""Certificates: a signed statement about results, and what a reviewer can check of it.

It imports requirements, results and settings. Only ``keys.py`` knows ``cryptography``, the library of the extra ``certify``.
"""
