"""`hima-kg path`."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import get_terminal_size

import click

from . import json_option, lang_option, on_option, opened, print_json, project_option


@click.command()
@click.argument("start", metavar="A")
@click.argument("end", metavar="B")
@click.option("--most", type=click.IntRange(1, 100), default=3, show_default=True, help="How many chains to show.")
@click.option("--longest", type=click.IntRange(1, 20), default=5, show_default=True, help="How many steps a chain may have.")
@on_option
@project_option
@lang_option
@json_option
def path(start: str, end: str, most: int, longest: int, on: str | None, project: Path | None, lang: str, as_json: bool) -> None:
    """Show how two things are connected: the shortest chains between them, each step with its sources.

    Exit code 1 says that nothing links them. Example: hima-kg path :reed :workshop
    """
    from ..reports.path import path as told
    from ..reports.path import table

    graph = opened(project)
    found = graph.path(start, end, most=most, longest=longest, on=on)
    if as_json:
        print_json(table(found, graph.prefixes))
    else:
        width = get_terminal_size((80, 24)).columns
        click.echo(told(found, graph.labels(lang), graph.prefixes, width=width, encoding=sys.stdout.encoding))
    sys.exit(not found.chains)
