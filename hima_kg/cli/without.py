"""`hima-kg without`."""

from __future__ import annotations

from pathlib import Path

import click

from . import all_option, json_option, lang_option, print_json, project_option


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="DOCUMENT|CLAIM...")
@all_option
@project_option
@lang_option
@json_option
def without(names: tuple[str, ...], everything: bool, project: Path | None, lang: str, as_json: bool) -> None:
    """Tell what falls if documents or claims are retracted; nothing is written.

    Example: hima-kg without src:letter
    """
    from ..project import Project
    from ..reports.paper import Paper
    from ..reports.retraction import retraction, table
    from ..retractions import retract

    found = retract(Project.find(project), names)
    paper = Paper(found.labels(lang), found.difference.prefixes, everything)
    if as_json:
        print_json(table(found, paper))
    else:
        click.echo(retraction(found, paper))
