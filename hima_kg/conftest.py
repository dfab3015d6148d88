"""What the examples in docstrings ask: `kg`, the graph of the project that `hima-kg init` makes."""

from __future__ import annotations

from typing import Any

import pytest

import hima_kg
from hima_kg import starter


@pytest.fixture(autouse=True, scope="session")
def example(tmp_path_factory: pytest.TempPathFactory, doctest_namespace: dict[str, Any]) -> None:
    """Build it once, and hand it to every example."""
    folder = tmp_path_factory.mktemp("bikes")
    starter.write(folder)
    doctest_namespace["kg"] = hima_kg.build(folder)
