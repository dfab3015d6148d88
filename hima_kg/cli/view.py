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
@click.option(
    "--font",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A font for what is Chinese, Japanese or Korean (else one is found).",
)
def view(output: str | None, project: Path | None, lang: str, on: str | None, font: Path | None) -> None:
    """Write the interactive network view: one HTML file that needs no network.

    Example: hima-kg view -o graph.html
    """
    from ..graph import open as open_graph

    graph = open_graph(project)
    target = output or f"{graph.manifest.name}.html"
    page = graph.page(lang=lang, on=on, font=font)
    for problem in graph.problems:
        click.echo(f"{problem}\n", err=True)
    deliver(page.encode(), target)
    if target != "-":
        click.echo(f"{target}: open it in a browser", err=True)
