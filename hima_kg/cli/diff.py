"""`hima-kg diff`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from . import all_option, json_option, lang_option, print_json, project_option


@click.command()
@click.argument("a")
@click.argument("b", required=False)
@click.option("--derived", is_flag=True, help="List what rules gave, too.")
@all_option
@project_option
@lang_option
@json_option
def diff(a: str, b: str | None, derived: bool, everything: bool, project: Path | None, lang: str, as_json: bool) -> None:
    """Tell what changed from A to B: folders, revisions in git, exported files; without B, to the files here.

    Exit code 1 where anything did. Example: hima-kg diff HEAD~1
    """
    from ..diff import diff as compared
    from ..project import Project
    from ..reports.diff import diff as told
    from ..reports.diff_table import table
    from ..reports.paper import Paper

    found = compared(a, b, around=Project.find(project))
    for edition in (found.a, found.b):
        if edition.best_only:
            click.echo(f"{edition.name} holds the best graph only: statements are compared, and nothing else", err=True)
    paper = Paper(found.labels(lang), found.prefixes, everything)
    if as_json:
        print_json(table(found, paper, derived=derived))
    else:
        click.echo(told(found, paper, derived=derived))
    sys.exit(1 if found else 0)
