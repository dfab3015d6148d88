"""The offline network page: one HTML file that shows a network, its sources and its conflicts."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..dossier import dossier
from ..network import network
from ..store import Store
from ..terms import Prefixes
from .drawing import Drawing
from .engine import Engine

__all__ = ["Drawing", "Engine", "draw"]

HELD = 2000
"""How many things a page holds, to search and to bring in; it draws fewer at first."""


def draw(
    store: Store,
    prefixes: Prefixes,
    *,
    title: str,
    languages: Sequence[str],
    digest: str = "",
    only: Collection[str] | None = None,
) -> Drawing:
    """Return the drawing of a store, which gives its page: of all things, of the most prominent, or only of some IRIs.

    The page asks for nothing from outside, and is the same string for the same store.
    """
    part = {"only": only} if only is not None else {"most": HELD}
    drawn = network(store, prefixes, title=title, languages=languages, digest=digest, **part)
    whole = drawn.graph["total"] == len(drawn)
    return Drawing(drawn, dossier(store, prefixes, None if whole else drawn.nodes))
