"""`hima-kg init`."""

from __future__ import annotations

from pathlib import Path

import click

from . import Folder


@click.command()
@click.argument("folder", type=Folder(path_type=Path))
def init(folder: Path) -> None:
    """Make a starter project that builds at once.

    Example: hima-kg init bikes && cd bikes && hima-kg build
    """
    from shlex import quote

    from ..starter import write

    made = write(folder)
    for path in made:
        click.echo(path)
    click.echo(f"\nNext: cd {quote(str(folder))} && hima-kg build && hima-kg query makers", err=True)
