"""Documents: who published them, which claims they make in which passages, and how much of their text the claims cover."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from . import sparql
from .entities import resolve
from .errors import ProjectError
from .store import Store
from .terms import KG, Prefixes, local

_DOCUMENTS = """
SELECT ?document ?title ?language ?publisher ?asOf WHERE {
  GRAPH graph:claims {
    ?document a kg:Document
    OPTIONAL { ?document dct:title ?title }
    OPTIONAL { ?document dct:language ?language }
    OPTIONAL { ?document dct:publisher ?publisher }
    OPTIONAL { ?document kg:asOf ?asOf }
  }
}"""
_CLAIMS = """
SELECT ?document ?claim ?locator ?modality ?rank ?start ?end ?fingerprint WHERE {
  GRAPH graph:claims {
    ?claim kg:document ?document
    OPTIONAL { ?claim kg:locator ?locator }
    OPTIONAL { ?claim kg:modality ?modality }
    OPTIONAL { ?claim kg:rank ?rank }
    OPTIONAL { ?claim oa:start ?start }
    OPTIONAL { ?claim oa:end ?end }
    OPTIONAL { ?claim kg:fingerprint ?fingerprint }
  }
}"""
_COUNTS = """
SELECT ?claim (COUNT(*) AS ?count) WHERE {
  GRAPH graph:claims { ?claim kg:document ?document }
  GRAPH ?claim { ?s ?p ?o }
} GROUP BY ?claim"""
_STATEMENTS = "SELECT ?subject ?property ?object WHERE { GRAPH ?claim { ?subject ?property ?object } }"
_NAMES = """
SELECT DISTINCT ?thing ?name WHERE {
  GRAPH ?claim { { ?thing ?p ?value } UNION { ?other ?p ?thing } }
  GRAPH ?graph { ?thing skos:prefLabel|skos:altLabel ?name }
  FILTER(?graph != graph:ontology)
}"""


@dataclass(frozen=True)
class Claim:
    """A claim of a document: where it says it stands, how the passage says it, its rank, and how many statements it makes."""

    iri: str
    locator: str
    modality: str
    rank: str
    statements: int


@dataclass(frozen=True)
class Passage:
    """A stretch of a document's text, in characters, its fingerprint, and the claims that it makes.

    Start and end are None where no claim tells them, the fingerprint is empty then too, or where none is written down.
    """

    start: int | None
    end: int | None
    fingerprint: str
    claims: tuple[Claim, ...]

    @property
    def span(self) -> tuple[int, int] | None:
        """Where it starts and ends, if both are told."""
        return None if self.start is None or self.end is None else (self.start, self.end)

    @property
    def statements(self) -> int:
        """How many statements its claims make."""
        return sum(claim.statements for claim in self.claims)


@dataclass(frozen=True)
class Document:
    """A document with its passages, in the order of its text."""

    iri: str
    titles: tuple[tuple[str, str], ...]
    """Each with the tag of its language."""
    languages: tuple[str, ...]
    publishers: tuple[str, ...]
    """IRIs, or names where the publisher is no thing."""
    as_of: str
    passages: tuple[Passage, ...]

    @property
    def local(self) -> str:
        """The local name of its IRI: what a file with its text is called."""
        return local(self.iri)

    @property
    def claims(self) -> list[Claim]:
        """Its claims, in the order of the text."""
        return [claim for passage in self.passages for claim in passage.claims]

    @property
    def modalities(self) -> dict[str, int]:
        """How many claims are stated, attributed, an opinion, inferred; the most frequent first."""
        counted = Counter(claim.modality.removeprefix(KG).lower() for claim in self.claims)
        return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))

    @property
    def statements(self) -> int:
        """How many statements its claims make."""
        return sum(passage.statements for passage in self.passages)

    @cached_property
    def covered(self) -> list[tuple[int, int]]:
        """The stretches that claims cover; the one character that parts two sentences is no gap."""
        return joined(span for passage in self.passages if (span := passage.span))

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """The stretches before the end of the last passage of which no claim speaks."""
        ends = [0, *(end for _, end in self.covered)]
        return [(end, start) for end, (start, _) in zip(ends, self.covered, strict=False) if start > end]

    @property
    def length(self) -> int:
        """How many characters there are up to the end of the last passage: all that is known of the text's length."""
        return self.covered[-1][1] if self.covered else 0

    @property
    def coverage(self) -> float | None:
        """Which part of these characters the claims cover; None where no claim tells where its passage stands."""
        return sum(end - start for start, end in self.covered) / self.length if self.length else None


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the stretches that spans cover together, in order; spans that one character parts are one stretch.

    >>> joined([(11, 20), (0, 10), (5, 8), (30, 40)])
    [(0, 20), (30, 40)]
    """
    stretches: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if stretches and start <= stretches[-1][1] + 1:
            start, end = stretches[-1][0], max(end, stretches.pop()[1])
        stretches.append((start, end))
    return stretches


def documents(store: Store) -> list[Document]:
    """Return every document, in the order of their IRIs, with its passages and claims."""
    told: dict[str, dict[str, set[Any]]] = {}
    for s in store.select(_DOCUMENTS):
        about = told.setdefault(s["document"].value, {name: set() for name in ("title", "language", "publisher", "asOf")})
        for name, values in about.items():
            values.update([s[name]] if s[name] else [])
    passages = _passages(store)
    return [
        Document(
            iri,
            titles=tuple(sorted((title.language or "", title.value) for title in about["title"])),
            languages=tuple(sorted(term.value for term in about["language"])),
            publishers=tuple(sorted(term.value for term in about["publisher"])),
            as_of=", ".join(sorted(term.value for term in about["asOf"])),
            passages=passages.get(iri, ()),
        )
        for iri, about in sorted(told.items())
    ]


def named(store: Store, known: Sequence[Document], name: str, prefixes: Prefixes) -> Document:
    """Return the document of a CURIE, IRI, local name or title; raises ProjectError for what is no document."""
    local = [document for document in known if document.local == name]
    listed = ", ".join(prefixes.compact(document.iri) for document in known[:5])
    hint = f"documents are {listed}" if listed else "there are no documents"
    try:
        iri = local[0].iri if len(local) == 1 else resolve(store, name, prefixes, of_class="kg:Document")
    except ProjectError as error:
        raise ProjectError(error.message, hint=hint) from error
    for document in known:
        if document.iri == iri:
            return document
    raise ProjectError(f"{name} is not a document", hint=hint)


def _passages(store: Store) -> dict[str, tuple[Passage, ...]]:
    """Return the passages by document: claims with the same place and fingerprint, or at least locator, share one."""
    counts = {s["claim"].value: int(s["count"].value) for s in store.select(_COUNTS)}
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    for s in sorted(store.select(_CLAIMS), key=str):
        document, claim, locator, modality, rank, *place = (term.value if term else "" for term in s)
        start, end = (int(text) if text.isdecimal() else None for text in place[:2])
        where = (start, end) if start is not None and end is not None and start < end else (None, None)
        known = Claim(claim, locator, modality, rank, counts.get(claim, 0))
        found.setdefault((document, claim), (document, *where, place[2], known))
    rows = sorted(found.values(), key=_order)
    return {
        document: tuple(
            Passage(start, end, mark, tuple(row[4] for row in same))
            for (start, end, mark, _), same in groupby(own, key=_identity)
        )
        for document, own in groupby(rows, key=lambda row: row[0])
    }


def _order(row: tuple[Any, ...]) -> tuple[object, ...]:
    document, start, end, mark, claim = row
    return document, start is None, start or 0, end or 0, () if end else natural(claim.locator), mark, claim.iri


def _identity(row: tuple[Any, ...]) -> tuple[Any, ...]:
    _, start, end, mark, claim = row
    return start, end, mark, claim.locator if start is None else ""


def natural(text: str) -> tuple[tuple[bool, int, str], ...]:
    """Return a key by which numbers in texts sort as numbers.

    >>> sorted(["s10", "s2"], key=natural)
    ['s2', 's10']
    """
    return tuple((part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", text))


def statements(store: Store, claim: str) -> list[tuple[Any, ...]]:
    """Return the statements of a claim, as terms, in order."""
    return sorted((tuple(s) for s in store.select(sparql.bind(_STATEMENTS, {"claim": f"<{claim}>"}))), key=str)


def names(store: Store, claim: str) -> dict[str, list[str]]:
    """Return the names, in any language, of the things of which a claim speaks."""
    found: dict[str, set[str]] = {}
    for s in store.select(sparql.bind(_NAMES, {"claim": f"<{claim}>"})):
        found.setdefault(s["thing"].value, set()).add(s["name"].value)
    return {thing: sorted(known) for thing, known in sorted(found.items())}
