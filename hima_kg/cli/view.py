"""`hima-kg view`."""

from __future__ import annotations

from pathlib import Path

import click

from ..terminal import deliver
from . import lang_option, on_option, opened, output_option, pairs, param_option, project_option


@click.command()
@click.option("--focus", metavar="NAME", help="Draw only what is near to a thing.")
@click.option("--hops", metavar="N", type=click.IntRange(0, 9), default=2, show_default=True, help="How near, in steps.")
@click.option("--query", metavar="NAME", help="Draw only the things in the answer to a query: a name, or SPARQL.")
@param_option
@on_option
@output_option
@project_option
@lang_option
@click.option("--with-sparql", is_flag=True, help="Put an engine in, which answers SPARQL in the page; 2 MB more.")
@click.option(
    "--font",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A font for what is Chinese, Japanese or Korean (else one is found).",
)
def view(
    focus: str | None,
    hops: int,
    query: str | None,
    params: tuple[str, ...],
    output: str | None,
    project: Path | None,
    lang: str,
    on: str | None,
    font: Path | None,
    with_sparql: bool,
) -> None:
    """Write the interactive network view: one HTML file that needs no network.

    Example: hima-kg view --focus Reed --hops 1 -o reed.html
    """
    if params and query is None:
        raise click.UsageError("-p is for the parameters of --query")

    graph = opened(project)
    target = output or f"{graph.manifest.name}.html"
    made = graph.view(
        lang=lang, on=on, focus=focus, hops=hops, font=font, sparql=with_sparql, query=query, parameters=pairs(params, on)
    )
    for problem in made.problems:
        click.echo(f"{problem}\n", err=True)
    deliver(made.html.encode(), target)
    if target != "-":
        click.echo(f"{target}: open it in a browser", err=True)
