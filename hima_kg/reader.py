"""Facts and ontology files → lines of N-Quads, parsed once: a scan finds what is wrong and which claims count.

What it has read it keeps as lines until they are stored, each fact in its claim and, if it counts, in the best graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from .characters import strange
from .errors import Place, Problem
from .nquads import parts, serialized
from .places import Source
from .project import CORE, Project
from .settings import Limits
from .terms import CLAIMS, COMMON, DERIVED, ONTOLOGY
from .trig import too_deep, unquoted
from .weighing import Scan, without

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
}
_ONTOLOGY_GRAPH = ox.NamedNode(ONTOLOGY)
_PLAIN_KINDS = {ox.NamedNode, ox.Literal, ox.DefaultGraph}
_RESERVED = {ox.NamedNode(graph) for graph in (CLAIMS, ONTOLOGY, DERIVED)}
_QUOTES = 1_000
"""How many openings of quoted triples a file may have: they are refused anyway, and nesting them can end the parser."""
_AT_ONCE = 100_000
"""How many quads are made into lines at once."""
_MEGABYTE = 1_000_000
_SETTING = "limits.{} in the settings"
_UNDECLARED = "has not been declared"
_DIRECTIONS = (b"--ltr", b"--rtl")
"""What language tags end with that tell a direction (RDF 1.2): no reader of RDF 1.1 could read the exports."""
_ODD = (b"_:", b"<<")
"""How a blank node or a quoted triple begins."""


def scan(project: Project, left_out: frozenset[ox.NamedNode] = frozenset()) -> Scan:
    """Return what all files of a project tell: every syntax error, the prefixes, and which claims and events do not count.

    Claims, documents and conflicts may be left out: they are read over, as if the files did not have them.
    """
    seen = Scan(prefixes={**COMMON, **project.settings.prefixes})
    kept_out = frozenset(str(iri).encode() for iri in left_out)
    for path in project.vocabulary:
        for text in _read(project, path, seen):
            seen.weigh(text)
    for path in project.shapes:
        for _ in _read(project, path, seen, named=False):
            pass  # shapes describe the graph and are no part of it
    for path in project.facts:
        for text in _read(project, path, seen):
            facts = without(text, kept_out) if kept_out else text
            seen.weigh(facts)
            seen.facts.append(facts)
    seen.settle()
    seen.undescribed = seen.spoken_of - seen.described
    return seen


def stored(project: Project, seen: Scan) -> Iterator[bytes]:
    """Go through all that is to be stored, as lines, many at once; what the scan has kept of facts is let go of."""
    yield serialized(vocabulary(project))
    while seen.facts:
        yield seen.stored(seen.facts.pop())
    yield seen.defaults()


def vocabulary(project: Project) -> Iterator[ox.Quad]:
    """Go through every quad of the ontology as it is stored: in its graph, and in the best graph."""
    for path in project.vocabulary:
        for quad in _parse(path):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, _ONTOLOGY_GRAPH)
            yield ox.Quad(quad.subject, quad.predicate, quad.object)


def weighed(text: bytes) -> Scan:
    """Return what some lines tell, as `scan` does of files."""
    seen = Scan()
    seen.weigh(text)
    seen.settle()
    return seen


def shapes_graph(paths: Iterable[Path]) -> ox.Store:
    """Return the shapes of some files in a store of their own: they describe the graph and are no part of it."""
    store = ox.Store()
    for path in paths:
        store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in _parse(path, rename=True))
    return store


def _parse(path: Path, *, rename: bool = False) -> ox.QuadParser:
    return ox.parse(_bytes(path), FORMATS[path.suffix.lower()], rename_blank_nodes=rename)


def plain(data: bytes, suffix: str) -> Iterator[ox.Quad]:
    """Go through what a piece of a file says; raises SyntaxError where it is not all facts as a build wants them."""
    for quad in ox.parse(data, FORMATS[suffix]):
        kinds = (type(quad.subject), type(quad.object), type(quad.graph_name))
        if isinstance(quad.object, ox.Literal) and quad.object.direction:
            raise SyntaxError("no exports keep a direction")
        if not _PLAIN_KINDS.issuperset(kinds) or quad.graph_name in _RESERVED:
            raise SyntaxError("what is odd about it, the scan tells")
        yield quad


def _bytes(path: Path) -> bytes:
    return path.read_bytes().removeprefix(b"\xef\xbb\xbf")


def _read(project: Project, path: Path, seen: Scan, *, named: bool = True) -> Iterator[bytes]:
    """Go through what a file says, as lines, many at once; what is wrong with it is noted, as are its prefixes.

    It may be wanted that all that it speaks of has a name.
    """
    source = Source(path, project.shown(path))
    limits = Limits() if path.is_relative_to(CORE) else project.settings.limits
    if refusal := _refused(source, limits):
        seen.problems.append(refusal)
        return
    data = _bytes(path)
    seen.problems += strange(source.shown, data.decode("utf-8", errors="replace"))
    parser, longest = ox.parse(data, FORMATS[path.suffix.lower()]), limits.literal * _MEGABYTE
    mistakes, is_wary = list[Problem](), len(data) > longest
    quads = _quads(source, parser, mistakes)
    try:
        if any(sign in data for sign in _DIRECTIONS):
            kept = [*quads]
            quads = iter(kept)
            seen.problems += filter(None, [_directed(source, data.decode("utf-8", errors="replace"), kept)])
        while text := serialized(islice(quads, _AT_ONCE)):
            if is_wary and _has_longer(text, longest):
                raise MemoryError  # as the engine does where it has no more room
            if named and (odd := _odd(text)):
                seen.problems.append(_unnamed(source, quoted=odd.startswith(b"<<")))
                named = False  # one of them is told of
            yield text
    except MemoryError:
        seen.problems.append(_too_long(source, limits.literal))
    seen.problems += _first_mistakes(mistakes)
    for prefix, namespace in parser.prefixes.items():
        if seen.prefixes.setdefault(prefix, namespace) != namespace:
            seen.problems.append(_two_namespaces(source, prefix, namespace, seen.prefixes[prefix]))


def _quads(source: Source, parser: ox.QuadParser, mistakes: list[Problem]) -> Iterator[ox.Quad]:
    """Go through the quads that a parser finds, past its mistakes, of which a note is taken."""
    while True:
        try:
            yield from parser
        except SyntaxError as error:
            mistakes.append(_syntax(source, error))
        else:
            return


def _odd(text: bytes) -> bytes:
    """Return the first term in some lines that is a blank node or a quoted triple; nothing if all are IRIs and literals."""
    if not any(sign in text for sign in _ODD):  # texts may have them, too
        return b""
    terms = (term for line in text.splitlines() for term in parts(line + b"\n"))
    return next((term for term in terms if term.startswith(_ODD)), b"")


def _has_longer(text: bytes, longest: int) -> bool:
    """Whether a literal in some lines is longer than so many bytes, without what lines escape."""
    if len(text) < longest:
        return False
    found = (quad.object for quad in ox.parse(text, ox.RdfFormat.N_QUADS, lenient=True))
    return any(isinstance(one, ox.Literal) and len(one.value.encode()) > longest for one in found)


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
    where = Place.of(source.shown, text, start, start + 1)
    return Problem(where, "error", "limit", message, f"give the things inside names, or raise {_SETTING.format('nesting')}")


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


def _directed(source: Source, text: str, quads: Iterable[ox.Quad]) -> Problem | None:
    """Return the first language tag of a file that tells a direction, as a problem; None if no literal has one."""
    if not any(isinstance(quad.object, ox.Literal) and quad.object.direction for quad in quads):
        return None
    tag = re.search(r"@[A-Za-z0-9-]+--(ltr|rtl)\b", text)
    spot = Place.of(source.shown, text, *tag.span()) if tag else Place(source.shown)
    message = "a language tag with a direction is RDF 1.2, which few tools read"
    return Problem(
        spot, "error", "language-tag", message, "leave the direction out: who shows the text tells it from the script"
    )


def _unnamed(source: Source, *, quoted: bool) -> Problem:
    text = _bytes(source.path).decode("utf-8", errors="replace")
    start = unquoted(text, ("<<", "{|", "~"))
    quoted = quoted or start > 0  # what is said of a statement may be of a node without a name
    if not quoted:
        start = unquoted(text, ("_:", "[", "("))
    message = "a quoted triple is not kept" if quoted else "a blank node has no name to cite, compare or merge by"
    hint = "say it in a claim of its own" if quoted else "give the thing an IRI of its own"
    code = "quoted-triple" if quoted else "blank-node"
    return Problem(Place.of(source.shown, text, start, start + 1), "error", code, message, hint)


def _too_long(source: Source, most: int) -> Problem:
    text = _bytes(source.path).decode("utf-8", errors="replace")
    quoted = re.compile(r'"{3}.*?(?<!\\)"{3}|"(?:[^"\\\n]|\\.)*"', re.DOTALL)
    long = next((m for m in quoted.finditer(text) if len(m[0].encode()) > most * _MEGABYTE), None)
    where = Place.of(source.shown, text, long.start(), long.start() + 1) if long else Place(source.shown)
    where = where._replace(text=where.text[:80])
    hint = "split it" if most == Limits.literal else f"split it, or raise {_SETTING.format('literal')}"
    return Problem(where, "error", "limit", f"a text is longer than {most} MB, which is the limit", hint)


def _two_namespaces(source: Source, prefix: str, namespace: str, other: str) -> Problem:
    text = _bytes(source.path).decode("utf-8", errors="replace")
    start = max(text.find(f"{prefix}:"), 0)
    return Problem(
        Place.of(source.shown, text, start, start + len(prefix) + 1),
        "warning",
        "prefix",
        f"{prefix}: is <{namespace}> here and <{other}> elsewhere",
        "queries use the other one",
    )
