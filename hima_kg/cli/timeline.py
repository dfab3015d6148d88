"""`hima-kg timeline`."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import get_terminal_size

import click

from . import json_option, lang_option, opened, print_json, project_option


@click.command()
@click.argument("thing", required=False)
@click.option("--from", "since", metavar="DATE", help="Leave out what ended before.")
@click.option("--to", "until", metavar="DATE", help="Leave out what began after.")
@project_option
@lang_option
@json_option
def timeline(thing: str | None, since: str | None, until: str | None, project: Path | None, lang: str, as_json: bool) -> None:
    """Show what happened and what held, in order: of everything, or of one thing.

    Example: hima-kg timeline :reed --from 2019 --to 2021-06
    """
    from ..reports.timeline import table
    from ..reports.timeline import timeline as told

    graph = opened(project)
    found = graph.timeline(thing, since=since, until=until)
    names = graph.labels(lang)
    if as_json:
        print_json(table(found, names, graph.prefixes))
        return
    width = get_terminal_size((80, 24)).columns
    click.echo(told(found, names, graph.prefixes, width=width, encoding=sys.stdout.encoding))
