"""The offline network page: one HTML file that shows a network, its sources and its conflicts."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..dossier import dossier
from ..errors import Place, Problem
from ..network import Choice, choose, network
from ..project import Project
from ..store import Store
from ..terms import Prefixes
from .drawing import Drawing, Page, retold, sealed, tells
from .engine import Engine

__all__ = ["Drawing", "Engine", "Page", "contents", "draw", "printed", "retold", "sealed", "tells", "warnings"]

NOTHING = "only things of a class that is drawn have a place in it; `hima-kg query` gives the answer as a table"
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
    choice: Choice | None = None,
) -> Drawing:
    """Return the drawing of a store, which gives its page: of the most prominent things, some chosen before, or some IRIs.

    The page asks for nothing from outside, and is the same string for the same store.
    """
    choice = choice if choice or only is not None else choose(store, prefixes, HELD)
    drawn = network(
        store,
        prefixes,
        title=title,
        languages=languages,
        digest=digest,
        only=only,
        choice=choice,
        linked=False,  # the dossier tells of statements
    )
    whole = drawn.graph["total"] == len(drawn)
    return Drawing(drawn, dossier(store, prefixes, None if whole else drawn.nodes))


def warnings(drawing: Drawing, page: str, *, asked: bool) -> list[Problem]:
    """Return the warnings about a page of some name: that it shows nothing, or not all, or what not everybody can read.

    Who asked for some things only does not want to hear that others are left out.
    """
    held, total = len(drawing.network), drawing.network.graph["total"]
    found = drawing.embedded.warnings(page)
    if not held:
        found.append(Problem(Place(page), "warning", "empty-page", "nothing of what was asked for is drawn", NOTHING))
    elif held < total and not asked:
        message = f"the page holds the {held:,} most important of {total:,} things"
        found.append(Problem(Place(page), "warning", "part", message, "view --focus NAME draws what is near to any of them"))
    return found


def contents(project: Project, store: Store, prefixes: Prefixes, choice: Choice) -> str:
    """Return what the page of a build tells of the things that were chosen, in JSON, but for the digest of the graph."""
    settings = project.settings
    return draw(store, prefixes, title=settings.title, languages=settings.languages, choice=choice).contents()


def printed(project: Project, told: str) -> tuple[bytes, list[Problem]]:
    """Return the page of a build, in UTF-8, by what it tells, and the warnings about its characters."""
    page, settings = Page(), project.settings
    about = {"title": settings.title, "lang": "en", "languages": settings.languages}
    html = page.written(told, about, project.font).encode()
    return html, page.embedded.warnings(f"{settings.name}.html")
