"""One measurement a run: prints a line of JSON with seconds, peak memory, and what the measurement says of itself."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import pyoxigraph as ox

import hima_kg
from hima_kg.store import Store

Said = dict[str, float]
PATIENCE = 10
"""For how many seconds rdflib may work on a query; one that takes longer counts as long as that."""


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp())
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def best_of(*works: Callable[[], object], rounds: int = 5) -> list[float]:
    """Return the shortest time that each work takes; they take turns, since a machine's speed drifts."""

    def once(work: Callable[[], object]) -> float:
        start = perf_counter()
        work()
        return perf_counter() - start

    return [min(times) for times in zip(*([once(work) for work in works] for _ in range(rounds)), strict=True)]


class Clock:
    """What is between `start` and `stop` counts; preparing does not."""

    def start(self) -> None:
        """Begin to count."""
        self.wall, self.cpu = perf_counter(), process_time()

    def stop(self) -> None:
        """Cease to count."""
        self.wall, self.cpu = perf_counter() - self.wall, process_time() - self.cpu


def raw_load(clock: Clock, project: str) -> Said:
    """Load the files into a store on disk with the engine's own bulk load."""
    files = sorted((Path(project) / "facts").iterdir())
    with scratch() as folder:
        clock.start()
        store = ox.Store(str(folder))
        for file in files:
            store.bulk_load(path=str(file))
        clock.stop()
    return {}


def raw_stored(clock: Clock, project: str) -> Said:
    """Load everything that a build stores, given as N-Quads, with the engine's own bulk load."""
    with scratch() as folder:
        (folder / "all.nq").write_bytes(b"".join(hima_kg.open(project).lines))
        clock.start()
        ox.Store(str(folder / "store")).bulk_load(path=str(folder / "all.nq"))
        clock.stop()
    return {}


def one_pass(clock: Clock, project: str) -> Said:
    """Load each fact into its claim and, if it is known to count, into the best graph, in one pass, on disk."""
    from hima_kg import reader
    from hima_kg.nquads import serialized
    from hima_kg.project import Project
    from hima_kg.store import fill

    found = Project.find(project)
    seen = reader.scan(found)

    def texts() -> Iterator[bytes]:
        for file in found.facts:
            parser = ox.parse(path=str(file))
            while text := serialized(islice(parser, 57_000)):  # stored twice, about as much as a build puts in at once
                yield seen.stored(text)

    with scratch() as folder:
        clock.start()
        fill(ox.Store(str(folder)), texts())
        clock.stop()
    return {}


def build(clock: Clock, project: str) -> Said:
    """Build the project as `hima-kg build` does."""
    clock.start()
    built = hima_kg.build(project, force=True)
    clock.stop()
    return {"quads": built.manifest.counts["quads"]}


def shapes(clock: Clock, project: str) -> Said:
    """Check the project's shapes on the best graph, which some broken facts join, compiled and with pySHACL.

    Both have the same data: that graph, and no claims beside it.
    """
    import pyshacl
    import rdflib

    from hima_kg.checks import subclasses
    from hima_kg.looks import findings
    from hima_kg.reader import shapes_graph
    from hima_kg.shapes import compile_shapes

    graph = hima_kg.open(project)
    store = Store.memory(graph.manifest.prefixes)
    store.load([_best(graph.store)])
    _break(store)
    file = graph.project.root / "ontology" / "shapes.ttl"
    best = rdflib.Graph().parse(data=_best(store), format="nt")
    rules = rdflib.Graph().parse(file, format="turtle")
    everywhere = shapes_graph([file])  # pySHACL knows no scopes, so all shapes look at the best graph
    for quad in list(everywhere.quads_for_pattern(None, ox.NamedNode("https://w3id.org/hima-kg/core#scope"), None)):
        everywhere.remove(quad)
    found: list[tuple[str, str]] = []

    def ours() -> None:
        checks = compile_shapes(everywhere, subclasses(store), graph.prefixes).checks
        rows = ((one.check, row) for one in findings(store, checks) for row in one.rows)
        found[:] = sorted((row["this"].value, check.component) for check, row in rows)

    def theirs() -> None:
        nonlocal result
        result = pyshacl.validate(best, shacl_graph=rules)[1]

    result = rdflib.Graph()
    quick, slow = best_of(ours, theirs, rounds=20)
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    told = sorted(
        (str(result.value(one, sh.focusNode)), _component(str(result.value(one, sh.sourceConstraintComponent))))
        for one in set(result.objects(None, sh.result))
    )
    return {"ours": quick, "theirs": slow, "results": len(told), "same": told == found}


def _component(iri: str) -> str:
    name = iri.rpartition("#")[2].removesuffix("ConstraintComponent")
    return {"QualifiedMinCount": "qualifiedValueShape"}.get(name, name[0].lower() + name[1:])


def _break(store: Store) -> None:
    """Take makers' and marks' facts away, so that there is something to find."""
    store.update("DELETE { ?mark auto:markOf ?brand } WHERE { ?mark auto:markOf ?brand FILTER(STRENDS(STR(?mark), '3')) }")
    store.update("DELETE { ?s auto:of ?b } WHERE { ?s auto:of ?b FILTER(STRENDS(STR(?s), '7-2020')) }")
    store.update("INSERT { ?m auto:brand :none } WHERE { ?m a auto:VehicleModel FILTER(STRENDS(STR(?m), '5-1')) }")


def _best(store: Store) -> bytes:
    return store._engine.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""


def queries(clock: Clock, project: str) -> Said:
    """Ask every named query that needs no parameter, here, of the bare engine, and of rdflib."""
    import rdflib

    graph = hima_kg.open(project)
    lines = b"".join(graph.lines)
    graph.store.__init__(ox.Store(), graph.manifest.prefixes)  # type: ignore[misc]
    graph.store._engine.bulk_load(lines, ox.RdfFormat.N_QUADS)
    asked = [query for query in graph.queries.values() if not [p for p in query.parameters if not p.optional and not p.default]]
    texts = [query.text for query in asked]
    engine, prefixes = graph.store._engine, graph.store.prefixes
    plain = rdflib.Dataset(default_union=False)
    plain.parse(data=lines.decode(), format="nquads")
    ours, raw = best_of(
        lambda: [graph.ask(query.name).terms for query in asked],
        lambda: [[tuple(row) for row in engine.query(text, prefixes=prefixes)] for text in texts],
    )
    slow = sum(_patiently(lambda text=text: list(plain.query(text, initNs=dict(graph.prefixes)))) for text in texts)  # type: ignore[misc]
    return {"ours": ours, "raw": raw, "rdflib": slow, "count": len(texts)}


def _patiently(work: Callable[[], object]) -> float:
    """Return how long some work takes, or for how long one waited for it."""

    def enough(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, enough)
    signal.alarm(PATIENCE)
    start = perf_counter()
    with suppress(TimeoutError):
        work()
    signal.alarm(0)
    return perf_counter() - start


def turtle(clock: Clock, project: str) -> Said:
    """Write the best graph as Turtle, here and with rdflib."""
    import rdflib

    from hima_kg.turtle import turtle as write

    graph = hima_kg.open(project)
    lines, text = graph.lines, graph.turtle()
    plain = rdflib.Graph().parse(data=text, format="turtle")
    ours, theirs = best_of(lambda: write(lines, graph.prefixes), lambda: plain.serialize(format="turtle"), rounds=20)
    return {"ours": ours, "theirs": theirs, "triples": len(plain)}


def network(clock: Clock, project: str) -> Said:
    """Make the network, and a bare one: names and links, as the store has them, handed to networkx."""
    import networkx as nx

    graph = hima_kg.open(project)
    engine, prefixes = graph.store._engine, graph.store.prefixes
    cited = "GRAPH graph:claims { ?claim a kg:Claim } GRAPH ?claim"

    def bare() -> nx.MultiDiGraph:
        plain = nx.MultiDiGraph()
        for thing, name in engine.query(f"SELECT ?s ?n {{ {cited} {{ ?s skos:prefLabel ?n }} }}", prefixes=prefixes):
            plain.add_node(thing.value, label=name.value)
        for thing, cls in engine.query(f"SELECT ?s ?c {{ {cited} {{ ?s a ?c }} }}", prefixes=prefixes):
            plain.add_node(thing.value, cls=cls.value)
        links = f"SELECT * {{ {cited} {{ ?s ?p ?o }} FILTER(isIRI(?o) && ?p != rdf:type) }}"
        for row in engine.query(links, prefixes=prefixes):
            plain.add_edge(row["s"].value, row["o"].value, key=row["p"].value, claim=row["claim"].value)
        return plain

    made = graph.network()
    ours, theirs = best_of(graph.network, bare, rounds=20)
    return {"ours": ours, "theirs": theirs, "edges": made.number_of_edges()}


def derive(clock: Clock, project: str) -> Said:
    """Derive what follows from the facts, conflicts and all, of files that are loaded already."""
    from hima_kg import reader, rules
    from hima_kg.project import Project

    found = Project.find(project)
    seen = reader.scan(found)
    store = Store.memory(seen.prefixes)
    store.load(reader.stored(found, seen))
    clock.start()
    rules.derive(store, found, seen.literals)
    clock.stop()
    return {}


def as_of(clock: Clock, project: str) -> Said:
    """Ask who owned a mark, without a day and as of one, of a graph that is open."""
    graph = hima_kg.open(project)
    mark = graph.ask("SELECT ?mark { ?mark auto:owner ?owner } LIMIT 1").values("mark")[0]
    query = f"SELECT ?owner {{ {mark} auto:owner ?owner }}"
    plain, on = best_of(lambda: graph.ask(query).terms, lambda: graph.ask(query, on="2022-05-05").terms, rounds=1_000)
    return {"plain": plain, "on": on}


def why(clock: Clock, project: str) -> Said:
    """Ask for the proofs of a derived statement, of a graph that is open."""
    graph = hima_kg.open(project)
    row = graph.ask("SELECT ?owner ?mark { ?owner auto:owns ?mark } LIMIT 1").rows[0]
    statement = str(row["owner"]), "auto:owns", str(row["mark"])
    assert graph.why(*statement).told.proofs
    (ours,) = best_of(lambda: graph.why(*statement), rounds=20)
    return {"ours": ours}


def edit(clock: Clock, project: str) -> Said:
    """Build again after a change of one claim."""

    def edited(text: str) -> str:
        at = text.index("auto:units ") + len("auto:units ")
        return f"{text[:at]}1{text[at:]}"

    return _after(clock, project, edited)


def addition(clock: Clock, project: str) -> Said:
    """Build again after a claim was added, by which a brand has another name."""
    claim = 'src:added a kg:Claim ; kg:document src:gazette ; kg:locator "¶0" .'
    said = 'src:added { :b0 skos:altLabel "Brand Zero"@en . }'
    return _after(clock, project, lambda text: f"{text}{claim}\n{said}\n")


def _after(clock: Clock, project: str, change: Callable[[str], str]) -> Said:
    facts = sorted(Path(project, "facts").iterdir())[0]
    text = facts.read_text("utf-8")
    facts.write_text(change(text), "utf-8")
    try:
        clock.start()
        assert hima_kg.build(project).fresh
        clock.stop()
    finally:
        facts.write_text(text, "utf-8")
        hima_kg.build(project)  # for the measurements that come after
    return {}


def main(measurements: dict[str, Any]) -> None:
    """Run the measurement that the command line names, and print what it costs."""
    clock = Clock()
    clock.start()
    said = measurements[sys.argv[1]](clock, *sys.argv[2:])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall": clock.wall, "cpu": clock.cpu, "memory": memory, **said}))


if __name__ == "__main__":
    main(globals())
