"""A pytest plugin that has the checks of a run called in another order, always the same."""

import random

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    random.Random(7).shuffle(items)  # noqa: S311 - any order will do
