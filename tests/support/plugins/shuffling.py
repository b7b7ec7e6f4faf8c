"""A pytest plugin that shuffles the checks of a run, with a fixed seed."""

import random

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    random.Random(7).shuffle(items)  # noqa: S311 - any order will do
