"""`hima-kg doctor`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..errors import printable
from . import json_option, print_json, project_option


@click.command()
@project_option
@json_option
def doctor(project: Path | None, as_json: bool) -> None:
    """Print versions, optional parts, and whether the store is sound.

    Example: hima-kg doctor
    """
    from ..health import doctor as examine

    findings = examine(project)
    if as_json:
        print_json([{"part": part, "ok": ok, "tells": tells} for part, ok, tells in findings])
    else:
        for part, ok, tells in findings:
            click.echo(f"{'ok ' if ok else 'BAD'}  {part:<14} {printable(tells)}")
    sys.exit(0 if all(ok for _, ok, _ in findings) else 1)
