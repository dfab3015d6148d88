"""`hima-kg show`."""

from __future__ import annotations

from pathlib import Path

import click

from . import fit, json_option, lang_option, on_option, opened, print_json, project_option


@click.command()
@click.argument("thing")
@on_option
@project_option
@lang_option
@json_option
def show(thing: str, project: Path | None, lang: str, as_json: bool, on: str | None) -> None:
    """Show all that is known about a thing, with sources.

    Example: hima-kg show :reed
    """
    from ..reports.entity import entity as told
    from ..reports.entity import table

    graph = opened(project)
    known = graph.show(thing, on=on)
    if as_json:
        print_json(table(known, graph.prefixes))
        return
    text = told(known, graph.labels(lang, of=known.mentioned), graph.prefixes)
    click.echo(fit(text))
