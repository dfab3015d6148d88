"""`hima-kg view`."""

from __future__ import annotations

from pathlib import Path

import click

from ..terminal import deliver
from . import lang_option, on_option, output_option, project_option


@click.command()
@on_option
@output_option
@project_option
@lang_option
def view(output: str | None, project: Path | None, lang: str, on: str | None) -> None:
    """Write the interactive network view: one HTML file that needs no network.

    Example: hima-kg view -o graph.html
    """
    from ..graph import open as open_graph

    graph = open_graph(project)
    target = output or f"{graph.manifest.name}.html"
    deliver(graph.page(lang=lang, on=on).encode(), target)
    if target != "-":
        click.echo(f"{target}: open it in a browser", err=True)
