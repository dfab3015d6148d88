"""Facts and ontology files → quads, in two passes: a scan that finds what is wrong and which claims count, then a stream.

The scan costs a parse, which is a fraction of what storing costs; it lets the stream write each fact, in one pass, into
its claim and into the best graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from .characters import strange
from .errors import Place, Problem
from .places import Source, place, too_deep, unquoted
from .project import CORE, Limits, Project
from .terms import CLAIMS, COMMON, DERIVED, KG, NOT_BELIEVED, NOT_DONE, ONTOLOGY

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
}
_CLAIMS_GRAPH, _ONTOLOGY_GRAPH = ox.NamedNode(CLAIMS), ox.NamedNode(ONTOLOGY)
_DEFAULT = ox.DefaultGraph()
_STATUS, _TYPE = ox.NamedNode(KG + "status"), ox.NamedNode(COMMON["rdf"] + "type")
_NOT_BELIEVED = frozenset(map(ox.NamedNode, NOT_BELIEVED))
_NOT_DONE = frozenset(map(ox.NamedNode, NOT_DONE))
_WEIGHING = {ox.NamedNode(KG + "rank"), ox.NamedNode(KG + "modality")}
_PLAIN_KINDS = {ox.NamedNode, ox.Literal, ox.DefaultGraph}
_RESERVED = {ox.NamedNode(graph) for graph in (CLAIMS, ONTOLOGY, DERIVED)}
_QUOTES = 1_000
"""How many openings of quoted triples a file may have: they are refused anyway, and nesting them can end the parser."""
_MEGABYTE = 1_000_000
_SETTING = "limits.{} in the settings"
_UNDECLARED = "has not been declared"
_PLAIN = {
    ox.NamedNode("http://www.w3.org/2001/XMLSchema#string"),
    ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"),
}


Term: TypeAlias = "ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple"
"""What the engine's types let an object be."""


@dataclass
class Scan:
    """What one look over all files tells."""

    problems: list[Problem] = field(default_factory=list)
    prefixes: dict[str, str] = field(default_factory=dict)
    terms: set[Term] = field(default_factory=set)
    """The properties and classes that are used."""
    literals: set[ox.Literal] = field(default_factory=set)
    discounted: set[ox.NamedNode] = field(default_factory=set)
    """Claims that are deprecated or opinion: kept, and not in the best graph."""
    reserved: set[str] = field(default_factory=set)
    """Graphs of the engine's own that a file writes into."""
    undone: set[ox.NamedNode] = field(default_factory=set)
    """Events that are planned or expected by what claims that count say: kept, and not in the best graph."""
    statuses: dict[ox.NamedNode, set[tuple[ox.NamedNode, bool]]] = field(default_factory=dict)
    """What each claim says of an event: whether it is merely planned or expected."""
    left_out: frozenset[ox.NamedNode] = frozenset()
    """Claims, documents and conflicts that are read over, as if the files did not have them."""

    def settle(self) -> None:
        """Tell, once all files have been seen, which events are undone: planned by a claim that counts, and done by none."""
        for event, said in self.statuses.items():
            believed = {undone for claim, undone in said if claim not in self.discounted}
            if believed == {True}:
                self.undone.add(event)

    def leaves_out(self, quad: ox.Quad) -> bool:
        """Whether a quad of facts/ stands in what is left out, or outside all claims and says something about it."""
        if quad.graph_name == _DEFAULT:
            return quad.subject in self.left_out or quad.object in self.left_out
        return quad.graph_name in self.left_out


def scan(project: Project, left_out: frozenset[ox.NamedNode] = frozenset()) -> Scan:
    """Return what all files of a project tell: every syntax error, the prefixes, and which claims and events do not count."""
    seen = Scan(prefixes=dict(COMMON), left_out=left_out)
    for paths, shapes in ((project.vocabulary, False), (project.shapes, True), (project.facts, False)):
        for path in paths:
            limits = Limits() if path.is_relative_to(CORE) else project.settings.limits
            _scan_file(Source(path, project.shown(path)), seen, limits, shapes=shapes)
    seen.prefixes.update(project.settings.prefixes)
    seen.settle()
    return seen


def quads(project: Project, seen: Scan) -> Iterator[ox.Quad]:
    """Go through every quad to store: each fact in its claim and, if it counts, in the best graph."""
    yield from vocabulary(project)
    for path in project.facts:
        parsed = _parse(path)
        yield from stored((quad for quad in parsed if not seen.leaves_out(quad)) if seen.left_out else parsed, seen)


def vocabulary(project: Project) -> Iterator[ox.Quad]:
    """Go through every quad of the ontology as it is stored: in its graph, and in the best graph."""
    for path in project.vocabulary:
        for quad in _parse(path):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, _ONTOLOGY_GRAPH)
            yield ox.Quad(quad.subject, quad.predicate, quad.object)


def stored(facts: Iterable[ox.Quad], seen: Scan) -> Iterator[ox.Quad]:
    """Go through facts as they are stored: each in its claim, or of claims in their own, and in the best graph if it counts."""
    discounted, undone = seen.discounted, seen.undone
    all_count = not discounted and not undone
    for quad in facts:
        graph = quad.graph_name
        if type(graph) is ox.DefaultGraph:
            yield ox.Quad(quad.subject, quad.predicate, quad.object, _CLAIMS_GRAPH)
            continue
        yield quad
        if all_count or (graph not in discounted and quad.subject not in undone):
            yield ox.Quad(quad.subject, quad.predicate, quad.object)


def weighed(facts: Iterable[ox.Quad]) -> Scan:
    """Return what facts tell, as `scan` does of files: their literals, and which claims and events do not count."""
    seen = Scan()
    for quad in facts:
        _weigh(quad, seen)
    seen.settle()
    return seen


def shapes_graph(paths: Iterable[Path]) -> ox.Store:
    """Return the shapes of some files in a store of their own: they describe the graph and are no part of it."""
    store = ox.Store()
    for path in paths:
        store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in _parse(path, rename=True))
    return store


def _parse(path: Path, *, rename: bool = False) -> ox.QuadParser:
    return ox.parse(_bytes(path), FORMATS[path.suffix], rename_blank_nodes=rename)


def plain(data: bytes, suffix: str) -> Iterator[ox.Quad]:
    """Go through what a piece of a file says; raises SyntaxError where it is not all facts as a build wants them."""
    for quad in ox.parse(data, FORMATS[suffix]):
        kinds = (type(quad.subject), type(quad.object), type(quad.graph_name))
        if not _PLAIN_KINDS.issuperset(kinds) or quad.graph_name in _RESERVED:
            raise SyntaxError("what is odd about it, the scan tells")
        yield quad


def _bytes(path: Path) -> bytes:
    return path.read_bytes().removeprefix(b"\xef\xbb\xbf")


def _scan_file(source: Source, seen: Scan, limits: Limits, *, shapes: bool) -> None:
    if refusal := _refused(source, limits):
        seen.problems.append(refusal)
        return
    data = _bytes(source.path)
    seen.problems += strange(source.shown, data.decode("utf-8", errors="replace"))
    parser = ox.parse(data, FORMATS[source.path.suffix])
    longest = limits.literal * _MEGABYTE
    blank, wary, mistakes = False, len(data) > longest, list[Problem]()
    while True:
        try:
            for quad in parser:
                if shapes or (seen.left_out and seen.leaves_out(quad)):
                    continue
                if not blank and not _PLAIN_KINDS.issuperset((type(quad.subject), type(quad.object), type(quad.graph_name))):
                    blank = True
                    seen.problems.append(_unnamed(source, quoted=type(quad.object) is ox.Triple))
                if quad.graph_name in _RESERVED:
                    seen.reserved.add(quad.graph_name.value)
                if wary and type(quad.object) is ox.Literal and len(quad.object.value.encode()) > longest:
                    raise MemoryError
                _weigh(quad, seen)
        except SyntaxError as error:
            mistakes.append(_syntax(source, error))
            continue
        except MemoryError:
            seen.problems.append(_too_long(source, limits.literal))
        break
    seen.problems += _first_mistakes(mistakes)
    for prefix, namespace in parser.prefixes.items():
        if seen.prefixes.setdefault(prefix, namespace) != namespace:
            seen.problems.append(_two_namespaces(source, prefix, namespace, seen.prefixes[prefix]))


def _refused(source: Source, limits: Limits) -> Problem | None:
    """Return why a file is not even parsed: it is too large, or nested so deep that it could end the parser."""
    size = source.path.stat().st_size
    if size > limits.file * _MEGABYTE:
        message = f"the file has {size / _MEGABYTE:,.1f} MB, and the limit is {limits.file} MB"
        return Problem(Place(source.shown), "error", "limit", message, f"split it, or raise {_SETTING.format('file')}")
    data = _bytes(source.path)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:4]:
        message = "this is UTF-16, or no text at all"
        return Problem(Place(source.shown, 1, 1), "error", "syntax", message, "save the file in the encoding UTF-8")
    if data.count(b"<<") > _QUOTES:
        return _unnamed(source, quoted=True)
    text = data.decode("utf-8", errors="replace")
    start = too_deep(text, limits.nesting)
    if start is None:
        return None
    message = f"brackets are nested more than {limits.nesting:,} deep"
    where = place(source.shown, text, start, start + 1)
    return Problem(where, "error", "limit", message, f"give the things inside names, or raise {_SETTING.format('nesting')}")


def _weigh(quad: ox.Quad, seen: Scan) -> None:
    predicate, value = quad.predicate, quad.object
    seen.terms.add(predicate)
    if predicate == _TYPE:
        seen.terms.add(value)
    elif type(value) is ox.Literal:
        if value.datatype not in _PLAIN:
            seen.literals.add(value)
    elif predicate == _STATUS:
        seen.statuses.setdefault(quad.subject, set()).add((quad.graph_name, value in _NOT_DONE))  # type: ignore[arg-type]
    elif predicate in _WEIGHING and value in _NOT_BELIEVED and isinstance(quad.subject, ox.NamedNode):
        seen.discounted.add(quad.subject)


def _syntax(source: Source, error: SyntaxError) -> Problem:
    message = str(error.msg).partition(": ")[2] or str(error)
    message = message.rsplit(" (line ", 1)[0].strip()
    lines = _bytes(source.path).decode("utf-8", errors="replace").split("\n")
    line = min(error.lineno or 1, len(lines))
    column = error.offset or 1
    width = (error.end_offset or column) - column if error.end_lineno == error.lineno else 1
    spot = Place(source.shown, line, column, max(1, width), lines[line - 1].rstrip("\r"))
    return Problem(spot, "error", "syntax", message, _syntax_hint(message))


def _first_mistakes(mistakes: list[Problem]) -> Iterator[Problem]:
    """Go through the mistakes that are not just what the parser stumbles over after the one before; a prefix is missed once."""
    line, missed = 0, set[str]()
    for mistake in mistakes:
        if _UNDECLARED in mistake.message:
            if mistake.message in missed:
                continue
            missed.add(mistake.message)
        lost = line and mistake.message.startswith(("} is not a valid", "{ is not a valid", "Unexpected end"))
        if mistake.place.line > line and not lost:
            yield mistake
        line = mistake.place.line


def _syntax_hint(message: str) -> str:
    prefix = message.split(":")[0].rpartition(" ")[2]
    if _UNDECLARED in message:
        return f"declare it at the top of the file: @prefix {prefix}: <{COMMON.get(prefix, 'https://…')}> ."
    hints = {
        "is expected at the end of": "is the ; or . before it missing?",
        "is not a valid subject or graph name": "is a comma, a semicolon or a dot before it missing, or a brace one too many?",
        "Unexpected end": "a string, a graph { … } or a statement is left open from here on",
        "UTF-8": "save the file in the encoding UTF-8",
        "Invalid IRI": "an IRI has no spaces, quotes or braces; write %20 for a space",
        "language": "a language tag looks like @en, @ko or @zh-hans",
    }
    return next((hint for words, hint in hints.items() if words in message), "")


def _unnamed(source: Source, *, quoted: bool) -> Problem:
    signs = ("<<", "{|") if quoted else ("_:", "[", "(")
    text = _bytes(source.path).decode("utf-8", errors="replace")
    start = unquoted(text, signs)
    message = "a quoted triple is not kept" if quoted else "a blank node has no name to cite, compare or merge by"
    hint = "say it in a claim of its own" if quoted else "give the thing an IRI of its own"
    code = "quoted-triple" if quoted else "blank-node"
    return Problem(place(source.shown, text, start, start + 1), "error", code, message, hint)


def _too_long(source: Source, most: int) -> Problem:
    text = _bytes(source.path).decode("utf-8", errors="replace")
    quoted = re.compile(r'"{3}.*?(?<!\\)"{3}|"(?:[^"\\\n]|\\.)*"', re.DOTALL)
    long = next((m for m in quoted.finditer(text) if len(m[0].encode()) > most * _MEGABYTE), None)
    where = place(source.shown, text, long.start(), long.start() + 1) if long else Place(source.shown)
    where = replace(where, text=where.text[:80])
    hint = "split it" if most == Limits.literal else f"split it, or raise {_SETTING.format('literal')}"
    return Problem(where, "error", "limit", f"a text is longer than {most} MB, which is the limit", hint)


def _two_namespaces(source: Source, prefix: str, namespace: str, other: str) -> Problem:
    text = _bytes(source.path).decode("utf-8", errors="replace")
    start = max(text.find(f"{prefix}:"), 0)
    return Problem(
        place(source.shown, text, start, start + len(prefix) + 1),
        "warning",
        "prefix",
        f"{prefix}: is <{namespace}> here and <{other}> elsewhere",
        "queries use the other one",
    )
