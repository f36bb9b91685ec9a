"""A plugin of pytest: tests that one file imports from another run once."""

import pytest

from .run import name_of


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    seen = {name_of(_class_name(item), item.name): item for item in reversed(items)}
    kept = [item for item in items if seen[name_of(_class_name(item), item.name)] is item]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _class_name(item: pytest.Item) -> str:
    owner = item.getparent(pytest.Class)
    return owner.name if owner else ""
