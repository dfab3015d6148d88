"""`hima-kg build`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import counted
from . import json_option, near, print_json, project_option

if TYPE_CHECKING:
    from ..graph import KnowledgeGraph


@click.command()
@project_option
@click.option("--force", is_flag=True, help="Build everything anew, even if nothing changed.")
@json_option
def build(project: Path | None, force: bool, as_json: bool) -> None:
    """Read, derive, check, test, and swap the new graph in.

    After an edit of facts, a large graph is brought up to date by what follows from the edit, with the same bytes.

    Example: hima-kg build
    """
    from ..graph import build as build_graph

    graph = build_graph(project, force=force)
    for problem in graph.problems:
        click.echo(f"{problem}\n", err=True)
    if as_json:
        print_json({"fresh": graph.fresh, "digest": graph.manifest.digest, "counts": graph.manifest.counts})
        return
    click.echo(_report(graph))


def _report(graph: KnowledgeGraph) -> str:
    manifest, output = graph.manifest, near(graph.project.output)
    if not graph.fresh:
        return f"{manifest.title}: nothing changed, so nothing was built ({manifest.digest[:12]} is current)."
    c = manifest.counts
    doubts = f"{counted(len(graph.problems), 'doubt')}, printed above" if graph.problems else "no doubts"
    return (
        f"{manifest.title}: {counted(c['facts'], 'statement')} in {counted(c['claims'], 'claim')} "
        f"from {counted(c['documents'], 'document')}\n"
        f"  {counted(c['things'], 'thing')}, {counted(c['events'], 'event')}, {counted(c['planned'], 'plan')}, "
        f"{counted(c['states'], 'state')}, {counted(c['derived'], 'derived statement')}, "
        f"{counted(c['conflicts'], 'conflict')}; {doubts}\n"
        f"  {output}/{manifest.name}.ttl   the graph in Turtle\n"
        f"  {output}/{manifest.name}.html  the network view: open it in a browser\n"
        f"  digest {manifest.digest[:12]}"
    )
