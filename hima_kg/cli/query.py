"""`hima-kg query`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import ProjectError
from ..terminal import FORMATS, deliver, rendered
from . import not_json_option, on_option, opened, output_option, pairs, param_option, project_option, spoken

if TYPE_CHECKING:
    from ..answers import Answer
    from ..graph import KnowledgeGraph
    from ..queries import NamedQuery


A_DAY = 24 * 60 * 60


@click.command()
@click.argument("query", required=False)
@click.option("-e", "--execute", metavar="SPARQL", help="The query's text.")
@param_option
@on_option
@click.option("-f", "--format", type=click.Choice(FORMATS), help="How to print; a table on a terminal, CSV in a pipe.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0, A_DAY, min_open=True),
    help="Give up after that long (exit code 4).",
)
@not_json_option
@output_option
@project_option
def query(
    query: str | None,
    execute: str | None,
    params: tuple[str, ...],
    on: str | None,
    format: str | None,
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
    values = pairs(params, on)
    chosen = format or _format(output)

    def answer() -> None:

        with spoken():
            graph = opened(project)
            found = graph.ask(asked, **values)
            deliver(rendered(found, chosen or ("ttl" if found.kind == "graph" else "csv")), output)
            for remark in found.remarks:
                click.echo(f"note: {remark}", err=True)
            if found.truth is None and not found:
                _explain(graph, found)

    if timeout is None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own handler would wait for the engine to return
        answer()
        return
    from ..worker import isolated

    isolated(answer, timeout)


def _asked(query: str | None, execute: str | None) -> str | NamedQuery:
    """Return the name of a query, or the query that a file, standard input or the command line itself holds."""
    from ..queries import NamedQuery  # which `--help` can do without

    if (query is None) == (execute is None):
        raise click.UsageError(
            "give a query's name, a .rq file, - for standard input, or -e TEXT; `hima-kg queries` lists names"
        )
    if execute is not None:
        return NamedQuery.parse("the query", execute)
    assert query is not None
    if query == "-":
        return NamedQuery.parse("the query", _typed())
    if query.endswith(".rq"):
        return NamedQuery.read(Path(query), query)
    return query.strip()


def _typed() -> str:
    """Return what standard input holds; raises ProjectError if that is no text in UTF-8."""
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"standard input is not UTF-8: {error.reason} at byte {error.start}"
        raise ProjectError(message, hint="hand it on as UTF-8") from error


def _format(output: str | None) -> str:
    """Return the format that a file's name asks for, or the one for a terminal; nothing where neither tells."""
    suffix = Path(output).suffix.lstrip(".").lower() if output and output != "-" else ""
    if suffix in FORMATS:
        return suffix
    if suffix:
        raise click.UsageError(f"{output}: .{suffix} is not a format of answers; say which with -f ({', '.join(FORMATS)})")
    return "table" if not output and sys.stdout.isatty() else ""


def _explain(graph: KnowledgeGraph, answer: Answer) -> None:
    from ..absence import explain

    for sentence in explain(graph.store, answer.text, graph.prefixes) or ([] if answer.remarks else ["no rows"]):
        click.echo(f"empty: {sentence}", err=True)
