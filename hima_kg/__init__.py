"""Build a knowledge graph from a folder, ask it, and see who says what.

import hima_kg
kg = hima_kg.open(".")
kg.ask("who-owns", mark=":wenjie", on="2023-12").rows
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .version import __version__ as __version__

__all__ = [
    "Answer",
    "FactError",
    "KgError",
    "KnowledgeGraph",
    "Problem",
    "ProjectError",
    "QueryError",
    "SlowError",
    "StoreError",
    "UsageError",
    "build",
    "check",
    "open",
]

if TYPE_CHECKING:
    from .answers import Answer
    from .errors import FactError, KgError, Problem, ProjectError, QueryError, SlowError, StoreError, UsageError
    from .graph import KnowledgeGraph, build, check, open

_HOMES = {"KnowledgeGraph": "graph", "build": "graph", "check": "graph", "open": "graph", "Answer": "answers"}


def __dir__() -> list[str]:
    """Return what there is, though not all of it has been loaded."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is asked for, so that `import hima_kg` and the command line start at once."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES.get(name, 'errors')}", __name__), name)
