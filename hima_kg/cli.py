"""The command line: words into values, one call, and paper. Every heavy import waits for the command that needs it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from .errors import KgError, ProjectError, printable, read
from .terminal import Screen, deliver, rendered

if TYPE_CHECKING:
    from .answers import Answer
    from .graph import KnowledgeGraph

A_DAY = 24 * 60 * 60
FOUND = 12
"""How many things `find` lists on a terminal."""

TABLES = ("table", "csv", "tsv", "json", "xml", "ttl", "nt", "jsonld", "rdf", "md")


class Commands(click.Group):
    """The commands, with every error of ours turned into its message and its exit code."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        """Run the words of the command line, which are UTF-8 whatever the locale says."""
        sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115 - lives as long as the process
        sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as above
        sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as above
        words = sys.argv[1:] if args is None else args
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = Screen(sys.stdout), Screen(sys.stderr)
        try:
            return super().main([os.fsencode(word).decode("utf-8", "replace") for word in words], *rest, **options)
        finally:
            sys.stdout, sys.stderr = before

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a KgError ends it with a message, never with a traceback."""
        with spoken():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which they are used."""
        return list(self.commands)


@contextmanager
def spoken() -> Iterator[None]:
    """Turn what goes wrong inside into a message and an exit code."""
    try:
        yield
    except KgError as error:
        fail(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has had enough, which is its right
    except OSError as error:
        fail(ProjectError(f"{error.filename or 'standard input or output'}: {error.strerror}"))


def fail(error: KgError) -> NoReturn:
    """Print an error and leave with its exit code."""
    click.echo(str(error), err=True)
    sys.exit(error.exit_code)


project_option = click.option(
    "--project", metavar="DIR", type=click.Path(path_type=Path), help="The project's folder (else the one around here)."
)
lang_option = click.option("--lang", metavar="TAG", default="en", show_default=True, help="Language of names.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
output_option = click.option("-o", "--output", metavar="FILE", help="Where to write; - is standard output.")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="hima-kg", prog_name="hima-kg")
def main() -> None:
    """Build a knowledge graph from a folder, ask it, and see who says what.

    \b
    hima-kg build                       make the graph of the project around here
    hima-kg query NAME -p on=2025       ask a named question
    hima-kg show NAME                   all that is known about a thing, with its sources
    """  # noqa: D301 - the backslash keeps click from joining the lines


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a starter project that builds at once.

    Example: hima-kg init bikes && cd bikes && hima-kg build
    """
    from shlex import quote

    from .starter import write

    made = write(folder)
    for path in made:
        click.echo(path)
    click.echo(f"\nNext: cd {quote(str(folder))} && hima-kg build && hima-kg query makers", err=True)


@main.command()
@project_option
@click.option("--force", is_flag=True, help="Build even if nothing changed.")
@json_option
def build(project: Path | None, force: bool, as_json: bool) -> None:
    """Read, derive, check, test, and swap the new graph in.

    Example: hima-kg build
    """
    from .graph import build as build_graph

    graph = build_graph(project, force=force)
    if as_json:
        _print_json({"fresh": graph.fresh, "digest": graph.manifest.digest, "counts": graph.manifest.counts})
        return
    for problem in graph.problems:
        click.echo(f"{problem}\n", err=True)
    click.echo(_report(graph))


def _report(graph: KnowledgeGraph) -> str:
    manifest, output = graph.manifest, _near(graph.project.output)
    if not graph.fresh:
        return f"{manifest.title}: nothing changed, so nothing was built ({manifest.digest[:12]} is current)."
    c = manifest.counts
    doubts = f"{_count(len(graph.problems), 'doubt')}, printed above" if graph.problems else "no doubts"
    return (
        f"{manifest.title}: {_count(c['facts'], 'statement')} in {_count(c['claims'], 'claim')} "
        f"from {_count(c['documents'], 'document')}\n"
        f"  {_count(c['things'], 'thing')}, {_count(c['events'], 'event')}, {_count(c['planned'], 'plan')}, "
        f"{_count(c['states'], 'state')}, {_count(c['derived'], 'derived statement')}, "
        f"{_count(c['conflicts'], 'conflict')}; {doubts}\n"
        f"  {output}/{manifest.name}.ttl   the graph in Turtle\n"
        f"  {output}/{manifest.name}.html  the network view: open it in a browser\n"
        f"  digest {manifest.digest[:12]}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + "s" * (number != 1)


def _near(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


@main.command()
@project_option
@click.option("-f", "--format", "style", type=click.Choice(["human", "json", "sarif"]), default="human", show_default=True)
def check(project: Path | None, style: str) -> None:
    """Print everything that a build would complain about; write nothing.

    Example: hima-kg check -f sarif > findings.sarif
    """
    from .graph import check as check_project
    from .reports import REPORTS

    problems = check_project(project)
    deliver(REPORTS[style](problems).encode(), None) if style != "human" else click.echo(REPORTS[style](problems))
    errors = [p for p in problems if p.severity == "error"]
    if style == "human":
        click.echo(f"{_count(len(errors), 'error')}, {_count(len(problems) - len(errors), 'warning')}", err=True)
    sys.exit(3 if any(p.code == "syntax" for p in errors) else 1 if errors else 0)


@main.command()
@click.argument("query", required=False)
@click.option("-e", "--execute", metavar="SPARQL", help="The query's text.")
@click.option("-p", "--param", "params", metavar="NAME=VALUE", multiple=True, help="A parameter of the query.")
@click.option("--on", metavar="DATE", help="The day, month or year to ask about: -p on=DATE.")
@click.option("-f", "--format", "style", type=click.Choice(TABLES), help="How to print; a table on a terminal, CSV in a pipe.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0, A_DAY, min_open=True),
    help="Give up after that long (exit code 4).",
)
@output_option
@project_option
def query(
    query: str | None,
    execute: str | None,
    params: tuple[str, ...],
    on: str | None,
    style: str | None,
    timeout: float | None,
    output: str | None,
    project: Path | None,
) -> None:
    """Ask a question: a named query, a .rq file, - for standard input, or -e TEXT.

    Prefixes need not be declared. Example: hima-kg query makers -p bicycle=:reed -f json
    """
    if timeout is not None and not timeout > 0:
        raise click.UsageError("--timeout takes seconds, and nan is none")
    asked = _asked(query, execute)
    values = dict(_pair(p) for p in params) | ({"on": on} if on else {})
    chosen = style or _style(output)

    def answer() -> None:
        from .graph import open as open_graph

        with spoken():
            graph = open_graph(project)
            found = graph.ask(asked, **values)
            deliver(rendered(found, chosen), output)
            if found.kind != "truth" and not found:
                _explain(graph, found)

    if timeout is None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own handler would wait for the engine to return
        answer()
        return
    from .worker import isolated

    isolated(answer, timeout)


def _asked(query: str | None, execute: str | None) -> str:
    if (query is None) == (execute is None):
        raise click.UsageError(
            "give a query's name, a .rq file, - for standard input, or -e TEXT; `hima-kg queries` lists names"
        )
    if execute is not None:
        return execute + "\n"
    assert query is not None
    if query == "-":
        return sys.stdin.read() + "\n"
    if query.endswith(".rq"):
        return read(Path(query), query) + "\n"
    return query.strip()


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise click.UsageError(f"-p takes NAME=VALUE, not {text!r}")
    return name, value


def _style(output: str | None) -> str:
    suffix = Path(output).suffix.lstrip(".").lower() if output and output != "-" else ""
    if suffix in TABLES:
        return suffix
    if suffix:
        raise click.UsageError(f"{output}: .{suffix} is not a format of answers; say which with -f ({', '.join(TABLES)})")
    return "table" if not output and sys.stdout.isatty() else "csv"


def _explain(graph: KnowledgeGraph, answer: Answer) -> None:
    from .absence import explain

    for sentence in explain(graph.store, answer.text, graph.prefixes) or ["no rows"]:
        click.echo(f"empty: {sentence}", err=True)


@main.command()
@project_option
@json_option
def queries(project: Path | None, as_json: bool) -> None:
    """List the named queries, with their questions and parameters.

    Example: hima-kg queries
    """
    from .graph import open as open_graph

    named = open_graph(project).queries.values()
    if as_json:
        _print_json([{"name": q.name, "question": q.question, "parameters": [*map(str, q.parameters)]} for q in named])
        return
    from . import tables

    click.echo(
        tables.text(
            ["query", "question", "parameters"],
            [[q.name, q.question, "; ".join(map(str, q.parameters))] for q in named],
        )
    )


@main.command()
@click.argument("words", nargs=-1, required=True)
@project_option
@lang_option
@json_option
def find(words: tuple[str, ...], project: Path | None, lang: str, as_json: bool) -> None:
    """Find things by any name in any script: characters, pinyin, initials, Hangul, full width.

    Example: hima-kg find heron
    """
    from .entities import kind
    from .graph import open as open_graph

    graph = open_graph(project)
    found = graph.find(" ".join(words))
    names = graph.labels(lang)
    rows = [
        [graph.prefixes.compact(f.iri), f.name, names.get(f.iri, ""), kind(graph.store, f.iri, graph.prefixes)] for f in found
    ]
    if as_json:
        _print_json([dict(zip(("id", "match", "name", "class"), row, strict=True)) for row in rows])
        return
    if not rows:
        raise ProjectError(f"nothing is called {' '.join(words)!r}", hint="try a part of the name, or another script")
    from . import tables

    click.echo(tables.text(["id", "match", "name", "class"], rows[:FOUND]))
    if len(rows) > FOUND:
        click.echo(f"and {len(rows) - FOUND} more, which fit less well: --json lists all", err=True)


@main.command()
@click.argument("entity")
@project_option
@lang_option
@json_option
def show(entity: str, project: Path | None, lang: str, as_json: bool) -> None:
    """Show all that is known about a thing, with sources.

    Example: hima-kg show :reed
    """
    from . import reports
    from .graph import open as open_graph

    graph = open_graph(project)
    known = graph.show(entity)
    if as_json:
        _print_json(reports.entity_table(known, graph.prefixes))
        return
    click.echo(reports.entity(known, graph.labels(lang), graph.prefixes))


@main.command()
@output_option
@click.option("-f", "--format", "style", metavar="FORMAT", help="ttl, trig, nt, nq, jsonld, rdf, graphml or gexf.")
@project_option
def export(output: str | None, style: str | None, project: Path | None) -> None:
    """Write the graph to a file: ttl, nt, rdf the best graph; trig, nq, jsonld everything; graphml, gexf the network.

    Example: hima-kg export -o hima.ttl
    """
    from .graph import open as open_graph

    suffix = Path(output).suffix.lstrip(".").lower() if output and output != "-" else ""
    chosen = style or suffix
    if not chosen:
        raise click.UsageError("say where to: -o FILE, or in which format: -f ttl")
    deliver(open_graph(project).export(chosen), output)


@main.command()
@output_option
@project_option
@lang_option
def view(output: str | None, project: Path | None, lang: str) -> None:
    """Write the interactive network view: one HTML file that needs no network.

    Example: hima-kg view -o graph.html
    """
    from .graph import open as open_graph

    graph = open_graph(project)
    target = output or f"{graph.manifest.name}.html"
    deliver(graph.page(lang=lang).encode(), target)
    if target != "-":
        click.echo(f"{target}: open it in a browser", err=True)


@main.command()
@project_option
@click.option("--accept", is_flag=True, help="Write the rows that queries give now as those that they must give.")
def test(project: Path | None, accept: bool) -> None:
    """Run every query that carries expected rows.

    Example: hima-kg test
    """
    from . import builds, making
    from .graph import open as open_graph
    from .project import Project

    if accept:
        changed = {path: rows for path, rows in making.accept(Project.find(project)).items() if path.read_bytes() != rows}
        for path, rows in changed.items():
            builds.write(path, rows)
            click.echo(_near(path))
        click.echo(f"{len(changed)} files rewritten: read the difference, then build", err=True)
        return
    graph = open_graph(project)
    problems = making.test(graph.store, graph.project)
    for problem in problems:
        click.echo(f"{problem}\n", err=True)
    click.echo(f"{len(graph.project.expectations)} queries tested, {len(problems)} differences")
    sys.exit(1 if problems else 0)


@main.command()
@project_option
@json_option
def stats(project: Path | None, as_json: bool) -> None:
    """Print counts and coverage: what the graph holds, and from where.

    Example: hima-kg stats --json
    """
    from . import reports
    from .graph import open as open_graph

    table = open_graph(project).stats()
    if as_json:
        _print_json(table)
        return
    click.echo(reports.stats(table))


@main.command()
@project_option
@json_option
def doctor(project: Path | None, as_json: bool) -> None:
    """Print versions, optional parts, and whether the store is sound.

    Example: hima-kg doctor
    """
    from .health import doctor as examine

    findings = examine(project)
    if as_json:
        _print_json([{"part": part, "ok": ok, "tells": tells} for part, ok, tells in findings])
    else:
        for part, ok, tells in findings:
            click.echo(f"{'ok ' if ok else 'BAD'}  {part:<14} {printable(tells)}")
    sys.exit(0 if all(ok for _, ok, _ in findings) else 1)


def _print_json(value: object) -> None:
    import json

    deliver(json.dumps(value, ensure_ascii=False, indent=2, default=str).encode(), None)
