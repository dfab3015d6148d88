"""`hima-kg stats`."""

from __future__ import annotations

from pathlib import Path

import click

from . import json_option, on_option, opened, print_json, project_option


@click.command()
@on_option
@project_option
@json_option
def stats(project: Path | None, as_json: bool, on: str | None) -> None:
    """Print counts and coverage: what the graph holds, and from where.

    Example: hima-kg stats --json
    """
    from ..reports.stats import stats as told

    table = opened(project).stats(on=on)
    if as_json:
        print_json(table)
        return
    click.echo(told(table))
