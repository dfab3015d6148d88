"""`hima-kg queries`."""

from __future__ import annotations

from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from . import json_option, opened, print_json, project_option

if TYPE_CHECKING:
    from ..queries import Parameter


@click.command()
@project_option
@json_option
def queries(project: Path | None, as_json: bool) -> None:
    """List the named queries, with their questions and parameters.

    Example: hima-kg queries
    """
    named = opened(project).queries.values()
    if as_json:
        print_json([{"name": q.name, "question": q.question, "parameters": [*map(str, q.parameters)]} for q in named])
        return
    from .. import tables

    listed = [(q.name, [q.question, *map(_asked_for, q.parameters)]) for q in named]
    click.echo(tables.described(listed, get_terminal_size((80, 24)).columns))


def _asked_for(parameter: Parameter) -> str:
    """Return how a parameter is given, and what it is when it is not."""
    notes = [parameter.of_class, "may be left out" * parameter.optional, f"else {parameter.default}" * bool(parameter.default)]
    told = ", ".join(filter(None, notes))
    kind = "NAME" if parameter.type == "iri" else parameter.type.upper()
    return f"-p {parameter.name}={kind}{f'  ({told})' * bool(told)}"
