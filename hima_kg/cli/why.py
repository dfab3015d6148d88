"""`hima-kg why`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from . import json_option, lang_option, opened, print_json, project_option


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="S P O | THING")
@project_option
@lang_option
@json_option
def why(words: tuple[str, ...], project: Path | None, lang: str, as_json: bool) -> None:
    """Tell why a statement is in the graph, or a thing: rules and claims, down to the passages.

    A word is a CURIE, an IRI or a name; P may be `a`, and O a literal. Exits with 1 if the statement is not in the graph.

    Example: hima-kg why :moth l:keptBy :amber
    """
    from ..errors import ProjectError
    from ..reports.proof import report, table

    if len(words) not in (1, 3):
        raise ProjectError(
            f"why takes a thing, or a statement in three words, and was given {len(words)}",
            hint='quote a name of two words: "…"',
        )
    graph = opened(project)
    found = graph.why(*words)
    if as_json:
        print_json(table(found, graph.prefixes))
    else:
        click.echo(report(found, lambda iris: graph.labels(lang, of=iris), graph.prefixes))
    sys.exit(0 if found.stands else 1)
