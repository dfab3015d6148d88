"""Names of things: namespaces, CURIEs, and labels by language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from .errors import ProjectError, nearest

KG = "https://w3id.org/hima-kg/core#"
GRAPH = "https://w3id.org/hima-kg/graph/"
RULE = "https://w3id.org/hima-kg/rule/"
PERIOD = "https://w3id.org/hima-kg/period/"
SPELLING = "https://w3id.org/hima-kg/spelling/"
XSD = "http://www.w3.org/2001/XMLSchema#"
CLAIMS, ONTOLOGY, DERIVED = GRAPH + "claims", GRAPH + "ontology", GRAPH + "derived"

NOT_BELIEVED = frozenset({KG + "Deprecated", KG + "Opinion"})
"""The rank and the modality of claims that are kept and cited, and do not count."""
NOT_DONE = frozenset({KG + "Planned", KG + "Expected"})
"""The statuses of events that are still to come."""

COMMON = {
    "kg": KG,
    "conflict": "https://w3id.org/hima-kg/conflict/",
    "graph": GRAPH,
    "period": PERIOD,
    "rule": RULE,
    "spelling": SPELLING,
    "variation": "https://w3id.org/hima-kg/variation/",
    "dct": "http://purl.org/dc/terms/",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sdo": "https://schema.org/",
    "state": "https://w3id.org/hima-kg/state/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "xsd": XSD,
}
VOCABULARIES = tuple(COMMON.values())
"""The namespaces of the vocabularies that all projects share."""
GENERAL = tuple(namespace for namespace in VOCABULARIES if namespace != KG)
"""Those of them in which derived statements only say again what the project's own properties say."""
TYPE = COMMON["rdf"] + "type"
BOUNDS = tuple(KG + name for name in ("earliest", "latest", "startEarliest", "startLatest", "endEarliest", "endLatest"))
"""Between which days something dated lies, began and ended."""

# A local name that needs no escaping in Turtle and SPARQL alike (a subset of PN_LOCAL).
_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_SOUND = re.compile(r"[^\x00-\x20<>\"{}|^`\\]+")
TAG = r"([A-Za-z]{2,3}|[IXix](?=-))(-[A-Za-z0-9]{1,8})*"
"""How a language tag is written, in as much of BCP 47 as anybody uses for names."""
_ESCAPED = re.compile(r"\\(.)")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s<>\"{}|\\^`]+|urn:[^\s<>\"{}|\\^`]+")


def local(iri: str) -> str:
    """Return the last part of an IRI, by which people call what it names.

    >>> local("http://example.org/bikes#reed"), local("urn:reed")
    ('reed', 'reed')
    """
    return re.split("[/#:]", iri)[-1]


def space(iri: str) -> str:
    """Return the namespace of an IRI: all of it but the last part.

    >>> space("http://example.org/bikes#reed")
    'http://example.org/bikes#'
    """
    return iri[: max(iri.rfind("/"), iri.rfind("#")) + 1]


def resolved(base: str, iri: str) -> str:
    """Return an IRI, which may be relative to a base, as RFC 3986 resolves it.

    >>> resolved("http://example.org/x", "terms#")
    'http://example.org/terms#'
    """
    from urllib.parse import urljoin  # most queries never need it

    joined = urljoin(base, iri)
    return joined + "#" if iri.endswith("#") and not joined.endswith("#") else joined


class Prefixes(Mapping[str, str]):
    """Prefixes and their namespaces, both ways.

    >>> names = Prefixes({"ex": "http://example.org/"})
    >>> names.expand("ex:bike")
    'http://example.org/bike'
    >>> names.compact("http://example.org/bike")
    'ex:bike'
    >>> names.compact("http://example.com/")
    '<http://example.com/>'
    """

    def __init__(self, namespaces: Mapping[str, str], base: str = "") -> None:
        """Take the project's own prefixes, and what IRIs are relative to.

        The common prefixes are known without being named, and are written before others.
        """
        self._base = base
        self._namespaces = {**COMMON, **namespaces}
        spaces = self._namespaces.items()
        named = sorted(((ns, p) for p, ns in spaces), key=lambda x: (-len(x[0]), COMMON.get(x[1]) != x[0], x[1]))
        self._whole = {ns: prefix for ns, prefix in reversed(named) if ns.endswith(("/", "#"))}
        self._odd = [(ns, prefix) for ns, prefix in named if ns not in self._whole]

    def __getitem__(self, prefix: str) -> str:
        """Return the namespace of a prefix."""
        return self._namespaces[prefix]

    def __iter__(self) -> Iterator[str]:
        """Go through the prefixes in order."""
        return iter(sorted(self._namespaces))

    def __len__(self) -> int:
        """Return how many prefixes there are."""
        return len(self._namespaces)

    def expand(self, name: str) -> str:
        """Return the IRI of a CURIE, as SPARQL writes it, of `<iri>`, of an absolute IRI, or of a name of the empty prefix.

        Raises ProjectError where the prefix is not declared.
        """
        if name.startswith("<") and name.endswith(">"):
            return _sound(resolved(self._base, name[1:-1]) if self._base else name[1:-1])
        if _ABSOLUTE.fullmatch(name):
            return _sound(name)
        prefix, colon, local = name.partition(":")
        if not colon:
            prefix, local = "", name
        if prefix not in self._namespaces:
            close = nearest(prefix, self._namespaces)
            hint = f"did you mean {close}:{local}?" if close else "declare it with @prefix in any file of the ontology"
            raise ProjectError(f"the prefix {prefix}: is not declared", hint=hint)
        return _sound(self._namespaces[prefix] + _ESCAPED.sub(r"\1", local))

    def used(self, text: str) -> dict[str, str]:
        """Return the prefixes of the namespaces that IRIs in angle brackets have in a text."""
        return {prefix: namespace for prefix, namespace in self.items() if f"<{namespace}" in text}

    def compact(self, iri: str) -> str:
        """Return the shortest CURIE that Turtle and SPARQL take as it is, else `<iri>`."""
        cut = max(iri.rfind("/"), iri.rfind("#")) + 1  # no local name has either, so no shorter namespace will do
        whole = self._whole.get(iri[:cut])
        for namespace, prefix in self._odd:
            if iri.startswith(namespace) and _is_local(iri, len(namespace)):
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"{whole}:{iri[cut:]}" if whole is not None and _is_local(iri, cut) else f"<{iri}>"


def _is_local(iri: str, start: int) -> bool:
    """Whether what comes after a namespace can be written as a local name as it is."""
    return bool(_LOCAL.fullmatch(iri, start) or (not iri.isascii() and _wide_local().fullmatch(iri, start)))


@cache
def _wide_local() -> re.Pattern[str]:
    # \w would be too wide: it has ª, ², ① and signs beyond the basic plane, which Turtle or SPARQL refuse in names.
    chars = (
        "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff"
        "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
    )  # compiling sets this wide takes longer than answering a query, so it waits for a name that needs it
    return re.compile(f"[{chars}0-9][{chars}0-9-]*(?:\\.[{chars}0-9-]+)*")


def _sound(iri: str) -> str:
    """Return an IRI if it can be one: what it must not hold could change a query that it is put into."""
    from pyoxigraph import NamedNode  # the engine knows what an IRI is; whoever writes one has it at work already

    try:
        if _SOUND.fullmatch(iri):
            return NamedNode(iri).value
    except ValueError:
        pass
    raise ProjectError(f"{iri!r} is not a name", hint="a name is a CURIE, an IRI without spaces, or a label in any script")


def label(names: Mapping[str, str], lang: str) -> str | None:
    """Return the name in a language, else in a dialect of it, or in what it is a dialect of, else in English, else in any.

    None if there is none. A tag is looked up as RFC 4647 has it: from its end, whatever its case.

    >>> label({"en": "bicycle", "zh-hans": "自行车"}, "zh"), label({"en": "bicycle", "ko": "자전거"}, "ko-KR")
    ('自行车', '자전거')
    """
    parts = lang.lower().split("-")
    for wanted in (*("-".join(parts[:n]) for n in range(len(parts), 0, -1)), "en"):
        for tag in sorted(names, key=lambda tag: (len(tag), tag)):
            if tag == wanted or (tag.startswith(wanted + "-") and "-latn" not in tag):
                return names[tag]
    return names[min(names)] if names else None


class Shortener(dict[str, str]):
    """IRI → CURIE, each worked out once, and the way back."""

    def __init__(self, prefixes: Prefixes) -> None:
        """Shorten by some prefixes."""
        super().__init__()
        self._prefixes = prefixes
        self.back: dict[str, str] = {}

    def __missing__(self, iri: str) -> str:
        """Work a CURIE out, and remember it."""
        self[iri] = short = self._prefixes.compact(iri)
        self.back[short] = iri
        return short
