"""What a page with SPARQL holds besides: the engine, the whole graph for it, and the project's named queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from json import loads
from typing import Any

from ..queries import NamedQuery
from ..sparql import bind
from ..store import Store
from ..terms import Prefixes
from .assets import HERE, asset, encoded, packed

GLUE, WASM = "vendor/oxigraph/oxigraph.js", "vendor/oxigraph/oxigraph.wasm.gz"
SCRIPTS = ("sparql.js", "query.js")
SECONDS = 10
MOST = 1000
_MEMBERS = """
SELECT DISTINCT ?thing WHERE {
  GRAPH graph:ontology { ?type rdfs:subClassOf* ?class }
  GRAPH ?graph { ?thing a ?type }
}"""


@dataclass(frozen=True)
class Engine:
    """The engine and its graph, packed for a page, and what the page's Query tab knows of the project.

    A query there is stopped after so many seconds, and gives at most so many rows.
    """

    blocks: dict[str, str]
    """What the page unpacks when the first query is run, by the ids of its elements: gzip in base64."""
    contents: dict[str, Any]

    @classmethod
    def of(
        cls, store: Store, lines: Iterable[bytes], queries: Iterable[NamedQuery], prefixes: Prefixes, things: Collection[str]
    ) -> Engine:
        """Return the engine for a store, of which the lines are the N-Quads, and things, by CURIE, are in the page."""
        asked = list(queries)
        classes = sorted({parameter.of_class for query in asked for parameter in query.parameters} - {""})
        members = {name: [thing for thing in _members(store, name, prefixes) if thing in things] for name in classes}
        script = f"{asset(GLUE)}\n{asset('engine.js')}".encode()
        return cls(
            blocks={
                "engine": packed(script),
                "wasm": encoded((HERE / WASM).read_bytes()),
                "quads": packed(b"".join(lines)),
            },
            contents={
                "engine": {"seconds": SECONDS, "most": MOST},
                "queries": [{"name": query.name, "text": query.text} for query in asked],
                "members": members,
            },
        )

    @property
    def style(self) -> str:
        """How the Query tab looks."""
        return asset("query.css")

    @property
    def words(self) -> dict[str, dict[str, str]]:
        """What the Query tab says, by language."""
        words: dict[str, dict[str, str]] = loads(asset("query.json"))
        return words


def _members(store: Store, name: str, prefixes: Prefixes) -> list[str]:
    """Return the things of a class or of one below it, by CURIE."""
    found = store.select(bind(_MEMBERS, {"class": f"<{prefixes.expand(name)}>"}))
    return sorted(prefixes.compact(row["thing"].value) for row in found)
