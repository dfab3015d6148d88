"""SHACL shapes compiled to SPARQL, so that they run inside the engine, in bulk, per claim or on the whole.

Covers the constraint components of SHACL Core and SHACL-SPARQL SELECT constraints (W3C Recommendation, 20 July 2017).
What is not covered (recursion, custom components, counts above 8 inside a nested shape) raises `NotCompiled`, and is
then validated by pySHACL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pyoxigraph as ox

from .constraints import TESTS, WHOLES
from .errors import QueryError
from .looks import Signs, looks, signs
from .shacl import SH, Node, NotCompiled, ShapesGraph, Term, one_step, sh
from .sparql import Token, block, tokens
from .terms import CLAIMS, COMMON, KG, Prefixes

_RDF = COMMON["rdf"]
_TYPE = ox.NamedNode(_RDF + "type")
_CLASS_TYPES = {ox.NamedNode(COMMON["rdfs"] + "Class"), ox.NamedNode(COMMON["owl"] + "Class")}
_NESTED_COUNT = 8
_SILENT = {
    *("path", "targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "severity", "message", "deactivated"),
    *("name", "description", "order", "group", "defaultValue", "flags", "ignoredProperties", "declare", "property"),
    *("qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint"),
}
_COMPILED = {*_SILENT, *TESTS, *WHOLES, "minCount", "maxCount", "sparql"}


class Check(NamedTuple):
    """A query that finds what violates one constraint: rows of ?this, ?value where there is one, ?claim per claim."""

    shape: str
    component: str
    severity: str
    message: str
    path: str
    query: str
    look: str = ""
    """A quick look that finds something wherever the query does; several checks may share it; empty if there is none."""
    signs: Signs = ()
    """What must be told if this finds anything."""


@dataclass(frozen=True)
class Compiled:
    """What a shapes graph comes to: checks to run, questions by shape, and what is left to pySHACL."""

    checks: list[Check]
    focus: dict[str, Focus]
    """Whether a shape has any focus node."""
    left: dict[str, str]
    refused: dict[str, str]
    """Shapes that cannot be checked at all: what is wrong, or why pySHACL cannot be asked for them alone."""


class Focus(NamedTuple):
    """The question whether a shape has any focus node, and what must be told if it has, which is asked more quickly."""

    question: str
    signs: Signs


@dataclass(frozen=True)
class Scope:
    """Where a shape looks: `wrap` puts a pattern into the right graph, `wrap_type` one that asks for a type."""

    wrap: Callable[[str], str]
    wrap_type: Callable[[str], str]
    restrict: str = ""


@dataclass(frozen=True)
class Target:
    """The focus nodes of a shape, as two patterns: `find` binds ?this to each, `holds` is true of a ?this that is one.

    Where claims are checked one by one, both speak of ?claim, too. `signs` are told wherever there is a focus node.
    `often` finds the same, maybe some of them several times: it is quicker, and enough for what a query takes away from.
    """

    find: str
    holds: str
    signs: Signs
    often: str


_BEST = Scope(lambda p: f"{p} .", lambda p: f"{p} .")
_ABOUT = Scope(lambda p: f"GRAPH <{CLAIMS}> {{ {p} }}", lambda p: f"GRAPH <{CLAIMS}> {{ {p} }}")
_EACH = Scope(
    lambda p: f"GRAPH ?claim {{ {p} }}",
    lambda p: f"GRAPH ?anyGraph {{ {p} }}",
    f"GRAPH <{CLAIMS}> {{ ?claim a <{KG}Claim> }}",
)
SCOPES = {"BestGraph": _BEST, "AboutClaims": _ABOUT, "EachClaim": _EACH}


def compile_shapes(graph: ox.Store, subclasses: Mapping[str, set[str]], prefixes: Prefixes) -> Compiled:
    """Return the checks of every shape with a target in a shapes graph; `subclasses` maps a class to those under it."""
    compiled = Compiled([], {}, {}, {})
    shapes = Shapes(graph, prefixes, subclasses)
    for node in shapes.targeted():
        name = shapes.shown(node)
        try:
            target = shapes.target(node)
            compiled.checks.extend(list(shapes.checks(node, target)))
            compiled.focus[name] = Focus(f"ASK {{ {target.holds} }}", target.signs)
        except NotCompiled as reason:
            alone = shapes.scope is _BEST and isinstance(node, ox.NamedNode)
            (compiled.left if alone and not reason.final else compiled.refused)[name] = str(reason)
    return compiled


@dataclass
class Shapes(ShapesGraph):
    """A shapes graph, compiled shape by shape, each within its scope."""

    subclasses: Mapping[str, set[str]]
    scope: Scope = _BEST
    _open: list[Node] = field(default_factory=list)
    _names: int = 0

    def targeted(self) -> list[Node]:
        """Return the shapes that have targets, sorted by name."""
        found: set[Node] = set()
        for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf"):
            found |= {q.subject for q in self.graph.quads_for_pattern(None, sh(name), None, None)}  # type: ignore[misc]
        for quad in self.graph.quads_for_pattern(None, _TYPE, sh("NodeShape"), None):
            if any(t in _CLASS_TYPES for t in self.values(quad.subject, _TYPE)):  # type: ignore[arg-type]
                found.add(quad.subject)  # type: ignore[arg-type]
        return sorted((node for node in found if not self.flag(node, "deactivated")), key=str)

    def target(self, node: Node) -> Target:
        """Return the focus nodes of a shape."""
        scope = self.one(node, ox.NamedNode(KG + "scope"))
        named = str(scope).strip("<>").removeprefix(KG) if scope is not None else "BestGraph"
        if named not in SCOPES:
            raise NotCompiled(f"{named} is not a kg:scope; the scopes are {', '.join(f'kg:{s}' for s in SCOPES)}", final=True)
        self.scope = SCOPES[named]
        wrap, often, find, holds, below = self.scope.wrap, list[str](), list[str](), list[str](), set[str]()
        if nodes := self.values(node, sh("targetNode")):
            spoken = wrap("?this ?speaks ?of") if self.scope is _EACH else ""
            often.append(f"VALUES ?this {{ {' '.join(map(self.constant, nodes))} }} {spoken}")
            find, holds = [often[-1]], [often[-1]]
        implicit = [node] if any(t in _CLASS_TYPES for t in self.values(node, _TYPE)) else []
        if classes := [*self.values(node, sh("targetClass")), *implicit]:
            below = {one for cls in classes for one in self._below(cls)}
            any_class = self.fresh("class")
            of_any = f"VALUES ?{any_class} {{ {' '.join(sorted(below))} }} ?this <{_RDF}type> ?{any_class}"
            holds += [wrap(self.of_class("?this", cls)) for cls in classes]
            often.append(wrap(of_any) if len(below) > 1 else holds[-1])
            find.append(self._distinct(often[-1]) if len(below) > 1 else holds[-1])
        out, back = (list(map(str, self.values(node, sh(f"target{ends}Of")))) for ends in ("Subjects", "Objects"))
        ends = [*(wrap(f"?this {p} ?anything") for p in out), *(wrap(f"?anything {p} ?this") for p in back)]
        told = () if nodes else signs(below, [*out, *back])
        find += map(self._distinct, ends)
        return Target(self._any(find), self._any([*holds, *ends]), told, self._any([*often, *ends]))

    def _distinct(self, pattern: str) -> str:
        return f"{{ SELECT DISTINCT {self.columns()} WHERE {{ {pattern} }} }}"

    def _any(self, patterns: list[str]) -> str:
        either = patterns[0] if len(patterns) == 1 else " UNION ".join(f"{{ {p} }}" for p in patterns)
        return f"{self.scope.restrict} {either}".strip()

    def checks(self, node: Node, target: Target, within: Node | None = None) -> Iterator[Check]:
        """Go through the checks of a shape and of the property shapes in it, for focus nodes bound by a pattern."""
        if node in self._open:
            raise NotCompiled("the shape leads back to itself")
        self._open.append(node)
        try:
            owner = within or node
            yield from self._own(owner, node, target)
            for constraint in self.values(node, sh("sparql")):
                if not self.flag(constraint, "deactivated"):
                    check, query = self._check(owner, node, constraint), self._selected(constraint, target, self.path(node))
                    yield check(component="sparql", query=query)
            for part in self.values(node, sh("property")):
                if not isinstance(part, ox.NamedNode | ox.BlankNode):
                    raise NotCompiled("sh:property leads to a literal", final=True)
                if not self.flag(part, "deactivated"):
                    yield from self._nested(part, target, node, owner)
        finally:
            self._open.pop()

    def _own(self, owner: Node, node: Node, target: Target) -> Iterator[Check]:
        path, components, check = self.path(node), self._components(node), self._check(owner, node)
        tests = {name: [*self._tests(node, name, "?value" if path else "?this")] for name in components if name in TESTS}
        quick, along = looks(self, node, tests), target.signs + (signs(properties=[path]) if path else ())
        for component, body, select in self._violations(node, components, tests):
            told = along if component in tests or component in ("maxCount", "uniqueLang") else target.signs
            query = self._query(node, component, target, body, select)
            yield check(component=component, query=query, look=quick.get(component, ""), signs=told)

    def _nested(self, part: Node, target: Target, node: Node, owner: Node) -> Iterator[Check]:
        path = self.path(node)
        if not path:
            yield from self.checks(part, target, owner)
            return
        outer = f"?{self.fresh()}"
        reach = self.scope.wrap(f"{outer} {path} ?this")
        moved = f"{{ SELECT DISTINCT {self.columns()} WHERE {{ {_moved(target.find, outer)} {reach} }} }}"
        yield from self.checks(part, Target(moved, f"{_moved(target.holds, outer)} {reach}", target.signs, moved), owner)

    def _check(self, owner: Node, node: Node, constraint: Term | None = None) -> Callable[..., Check]:
        """Return what makes a check of a node, or of a constraint that it has, from what is the check's own."""
        sources = [constraint, node] if constraint is not None else [node]
        severity = next((s for source in sources if (s := self.one(source, sh("severity")))), sh("Violation"))
        message = _message(next((m for source in sources if (m := self.values(source, sh("message")))), []))
        shape, path, severe = self.shown(owner), self.path(node), str(severity).strip("<>").removeprefix(SH)

        def check(component: str, query: str, look: str = "", signs: Signs = ()) -> Check:
            return Check(shape, component, severe, message or self._words(node, component), path, query, look, signs)

        return check

    def _words(self, node: Node, component: str) -> str:
        values = [self.told_of(v) for v in self.values(node, sh(component))]
        path = self.path(node)
        subject = self.prefixes.compact(path[1:-1]) if path.startswith("<") and path.endswith(">") else path
        return f"{subject}: sh:{component} {' '.join(sorted(values))}".removeprefix(": ").strip()

    # What violates a shape: (component, pattern after the target, what to select)

    def _violations(self, node: Node, components: list[str], tests: Mapping[str, list[str]]) -> Iterator[tuple[str, str, str]]:
        path, columns = self.path(node), self.columns()
        reach = self.scope.wrap(f"?this {path} ?value") + " " if path else ""
        for component in components:
            if component in TESTS:
                for test in tests[component]:
                    yield (
                        component,
                        f"{reach}FILTER(!COALESCE({test}, false))",
                        f"{columns} ?value" if path else columns,
                    )
            elif component == "sparql":
                continue  # a query of its own
            elif component in ("minCount", "maxCount"):
                yield component, "", columns  # a query of its own, too
            elif component == "qualifiedValueShape" and self._asks_for_one(node):
                yield component, self._one_that_conforms(node, path), columns
            else:
                yield component, f"FILTER(!({self._whole(node, component, path)}))", columns

    def _asks_for_one(self, node: Node) -> bool:
        """Whether a shape says of qualified values only that there must be one."""
        told = {name: self.one(node, sh(name)) for name in ("qualifiedMaxCount", "qualifiedValueShapesDisjoint")}
        single = len(self.values(node, sh("qualifiedValueShape"))) == 1 and not any(told.values())
        return single and self.one(node, sh("qualifiedMinCount")) is not None and self.integer(node, "qualifiedMinCount") == 1

    def _one_that_conforms(self, node: Node, path: str) -> str:
        value = f"?{self.fresh()}"
        fits = self.conforms(self.values(node, sh("qualifiedValueShape"))[0], value)
        return _without(path, f"{self.scope.wrap(f'?this {path} {value}')} FILTER({fits})")

    def columns(self) -> str:
        """Return what a focus node is told by: itself, and the claim where claims are checked one by one."""
        return "?claim ?this" if self.scope is _EACH else "?this"

    def _components(self, node: Node) -> list[str]:
        named = {p.value.removeprefix(SH) for p in self.told.get(node, ()) if p.value.startswith(SH)}
        if "qualifiedValueShape" not in named:
            named -= {"qualifiedMinCount", "qualifiedMaxCount"}
        if unknown := named - _COMPILED:
            raise NotCompiled(f"sh:{min(unknown)} is not compiled")
        if named & {"minCount", "maxCount", "uniqueLang", "qualifiedValueShape"} and not self.path(node):
            raise NotCompiled("a count stands in a shape without a path")
        return sorted(named - _SILENT)

    def _count(self, node: Node, component: str, target: Target) -> str:
        """Return a query for the focus nodes of which a count is not as it must be.

        Too many are looked for among what the path leads to, which is quicker than from each focus node; too few cannot be.
        """
        path, wanted, columns = self.path(node), self.integer(node, component), self.columns()
        reach = self.scope.wrap(f"?this {path} ?counted")
        if component == "maxCount":
            many = f"GROUP BY {columns} HAVING({_number(path, '?counted')} > {wanted})"
            return self._among(columns, f"{{ SELECT {columns} WHERE {{ {reach} }} {many} }}", target)
        if wanted < 2:
            return _of_each(target, _without(path, reach) if wanted else "FILTER(false)", columns)
        focus, few = (
            f"{{ SELECT DISTINCT {columns} WHERE {{ {target.find} }} }}",
            f"HAVING(COUNT(DISTINCT ?counted) < {wanted})",
        )
        return f"SELECT {columns} WHERE {{ {focus} OPTIONAL {{ {reach} }} }} GROUP BY {columns} {few}"

    def _query(self, node: Node, component: str, target: Target, body: str, select: str) -> str:
        """Return the query for what violates a constraint.

        What is violated is rare, so it is looked for before the target, wherever that is one step along a property.
        """
        if component in ("minCount", "maxCount"):
            return self._count(node, component, target)
        if component == "uniqueLang" and self.flag(node, component):
            return self._same_language(node, target)
        if component in TESTS and one_step(self.path(node)):
            return self._among(select, f"{{ SELECT DISTINCT {select} WHERE {{ {body} }} }}", target)
        return _of_each(target, body, select)

    def _among(self, select: str, found: str, target: Target) -> str:
        """Return a query for those of what a pattern finds that are focus nodes."""
        return f"SELECT DISTINCT {select} WHERE {{ {found} FILTER EXISTS {{ {target.holds} }} }}"

    def _same_language(self, node: Node, target: Target) -> str:
        columns, path = self.columns(), self.path(node)
        reach, lang = self.scope.wrap(f"?this {path} ?value"), f"?{self.fresh()}"
        many = f"{columns} (LCASE(lang(?value)) AS {lang}) HAVING({_number(path, '?value')} > 1)"
        found = f"{{ SELECT {columns} {lang} WHERE {{ {reach} }} GROUP BY {many} }} FILTER({lang} != '')"
        return self._among(columns, found, target)

    def _selected(self, constraint: Term, target: Target, path: str) -> str:
        """Return a SELECT constraint with its focus nodes bound inside, as SHACL's pre-binding asks (section 5.3.1)."""
        text = self.one(constraint, sh("select"))
        if not isinstance(text, ox.Literal):
            raise NotCompiled("a sh:sparql constraint has no sh:select", final=True)
        if self.scope is not _BEST:
            raise NotCompiled("sh:sparql is checked in the best graph only; take kg:scope out", final=True)
        query = "".join(_prebound(token, path) for token in tokens(text.value))
        seen = [token for token in tokens(query) if token.kind != "space"]
        words = {token.upper for token in seen if token.kind == "word"}
        opening = next((number for number, token in enumerate(seen) if token.text == "{"), None)
        if opening is None or not words.isdisjoint({"PREFIX", "BASE", "MINUS", "VALUES"}):
            raise NotCompiled("the query has PREFIX, MINUS or VALUES, which SHACL does not allow, or no braces", final=True)
        try:
            body, after = block(query, seen, opening)
        except QueryError as error:
            raise NotCompiled(error.message, final=True) from error
        head = query[: seen[opening].start]
        if not {"?this", "*"} & {token.text for token in seen[:opening]} or body.strip().upper().startswith("SELECT"):
            raise NotCompiled("the query does not select $this")
        rest = query[seen[after].start :] if after < len(seen) else ""
        return f"{self._declared(constraint)}{head}{{ {target.find} {body}\n }} {rest}"

    def _declared(self, constraint: Term) -> str:
        lines = []
        for owner in self.values(constraint, sh("prefixes")):
            for declaration in self.values(owner, sh("declare")):
                prefix, namespace = self.one(declaration, sh("prefix")), self.one(declaration, sh("namespace"))
                if isinstance(prefix, ox.Literal) and isinstance(namespace, ox.Literal):
                    lines.append(f"PREFIX {prefix.value}: <{namespace.value}>\n")
        return "".join(lines)

    # Tests of one value, as SPARQL expressions that are true where the value is fine

    def _tests(self, node: Node, component: str, value: str) -> Iterator[str]:
        for parameter in self.values(node, sh(component)):
            yield TESTS[component](self, node, parameter, value)

    def conforms(self, node: Term, value: str) -> str:
        """Return the expression that is true where a value conforms to a shape."""
        if not isinstance(node, ox.NamedNode | ox.BlankNode):
            raise NotCompiled("a literal is used as a shape")
        if node in self._open:
            raise NotCompiled("the shape leads back to itself")
        if self.flag(node, "deactivated"):
            return "true"
        self._open.append(node)
        try:
            path = self.path(node)
            parts = list(self._conforming(node, value, path))
        finally:
            self._open.pop()
        return f"({' && '.join(parts)})" if parts else "true"

    def _conforming(self, node: Node, value: str, path: str) -> Iterator[str]:
        reached = f"?{self.fresh()}" if path else value
        for component in self._components(node):
            if component in TESTS:
                for test in self._tests_at(node, component, value, reached):
                    yield self._all(value, path, reached, test) if path else f"COALESCE({test}, false)"
            elif component == "sparql":
                raise NotCompiled("sh:sparql inside a nested shape is not compiled")
            elif component == "minCount":
                yield self.at_least(value, path, self.integer(node, component))
            elif component == "maxCount":
                yield f"(!{self.at_least(value, path, self.integer(node, component) + 1)})"
            else:
                yield _moved(self._whole(node, component, path), value)
        for part in self.values(node, sh("property")):
            inner = self.conforms(part, reached)
            yield self._all(value, path, reached, inner) if path else inner

    def _tests_at(self, node: Node, component: str, value: str, reached: str) -> Iterator[str]:
        for test in self._tests(node, component, reached):
            yield _moved(test, value)

    def _all(self, value: str, path: str, reached: str, test: str) -> str:
        pattern = self.scope.wrap(f"{value} {path} {reached}")
        return f"(NOT EXISTS {{ {pattern} FILTER(!COALESCE({test}, false)) }})"

    def at_least(self, value: str, path: str, wanted: int, also: Callable[[str], str] | None = None) -> str:
        """Return the expression that is true where a path reaches at least so many values that pass a test."""
        if wanted == 0:
            return "true"
        if wanted > _NESTED_COUNT:
            raise NotCompiled(f"a count above {_NESTED_COUNT} inside a shape is not compiled")
        names = [f"?{self.fresh()}" for _ in range(wanted)]
        patterns = " ".join(self.scope.wrap(f"{value} {path} {name}") for name in names)
        distinct = [f"!sameTerm({a}, {b})" for i, a in enumerate(names) for b in names[:i]]
        filters = " && ".join([*distinct, *(also(name) for name in names if also)])
        return f"(EXISTS {{ {patterns} {f'FILTER({filters})' if filters else ''} }})"

    def _whole(self, node: Node, component: str, path: str) -> str:
        return " && ".join(WHOLES[component](self, node, p, path) for p in self.values(node, sh(component))) or "true"

    def fresh(self, kind: str = "v") -> str:
        """Return a variable name that no other pattern uses; what is of the kind "class" is one of some classes."""
        self._names += 1
        return f"kg_{kind}{self._names}"

    def _below(self, cls: Term) -> list[str]:
        """Return a class and those below it, as they stand in a query."""
        return sorted({str(cls), *(f"<{c}>" for c in self.subclasses.get(str(cls).strip("<>"), ()))})

    def of_class(self, variable: str, cls: Term) -> str:
        """Return the pattern that binds a variable to what is of a class or of one below it."""
        below = self._below(cls)
        if len(below) == 1:
            return f"{variable} <{_RDF}type> {below[0]}"
        name = self.fresh("class")
        return f"{variable} <{_RDF}type> ?{name} FILTER(?{name} IN ({', '.join(below)}))"


def _number(path: str, value: str) -> str:
    """Return how many values a path leads to from a node: one step along a property leads to none twice."""
    return "COUNT(*)" if one_step(path) else f"COUNT(DISTINCT {value})"


def _of_each(target: Target, body: str, select: str) -> str:
    """Return a query for those focus nodes of which a pattern holds."""
    return f"SELECT DISTINCT {select} WHERE {{ {target.often if body.startswith('MINUS') else target.find} {body} }}"


def _without(path: str, pattern: str) -> str:
    """Return what leaves those focus nodes out for which a pattern along a path holds; one step is taken for all at once."""
    return f"{'MINUS' if one_step(path) else 'FILTER NOT EXISTS'} {{ {pattern} }}"


def _moved(pattern: str, variable: str) -> str:
    """Return a pattern about ?this as one about another variable; strings and IRIs stay as they are."""
    return "".join(variable if token.text == "?this" else token.text for token in tokens(pattern))


def _prebound(token: Token, path: str) -> str:
    if token.kind != "variable" or not token.text.startswith("$"):
        return token.text
    return path if token.text == "$PATH" else f"?{token.text[1:]}"


def _message(messages: list[Term]) -> str:
    found = {m.language or "": m.value for m in messages if isinstance(m, ox.Literal)}
    return found.get("en") or found.get("") or (found[min(found)] if found else "")
