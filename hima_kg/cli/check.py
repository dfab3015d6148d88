"""`hima-kg check`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..errors import counted
from ..terminal import deliver
from . import not_json_option, project_option


@click.command()
@not_json_option
@project_option
@click.option("-f", "--format", type=click.Choice(["human", "json", "sarif"]), default="human", show_default=True)
def check(project: Path | None, format: str) -> None:
    """Print everything that a build would complain about; write nothing.

    Example: hima-kg check -f sarif > findings.sarif
    """
    from ..graph import check as check_project
    from ..reports.problems import REPORTS

    problems = check_project(project)
    errors = [p for p in problems if p.severity == "error"]
    if format == "human":
        click.echo(REPORTS[format](problems))
        click.echo(f"{counted(len(errors), 'error')}, {counted(len(problems) - len(errors), 'warning')}", err=True)
    else:
        deliver(REPORTS[format](problems).encode(), None)
    sys.exit(3 if any(p.code == "syntax" for p in errors) else 1 if errors else 0)
