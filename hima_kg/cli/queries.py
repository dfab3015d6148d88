"""`hima-kg queries`."""

from __future__ import annotations

from pathlib import Path

import click

from . import json_option, print_json, project_option


@click.command()
@project_option
@json_option
def queries(project: Path | None, as_json: bool) -> None:
    """List the named queries, with their questions and parameters.

    Example: hima-kg queries
    """
    from ..graph import open as open_graph

    named = open_graph(project).queries.values()
    if as_json:
        print_json([{"name": q.name, "question": q.question, "parameters": [*map(str, q.parameters)]} for q in named])
        return
    from .. import tables

    click.echo(
        tables.text(
            ["query", "question", "parameters"],
            [[q.name, q.question, "; ".join(map(str, q.parameters))] for q in named],
        )
    )
