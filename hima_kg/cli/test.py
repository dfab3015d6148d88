"""`hima-kg test`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click

from ..errors import counted
from . import near, project_option


@click.command()
@project_option
@click.option("--accept", is_flag=True, help="Write the rows that queries give now as those that they must give.")
def test(project: Path | None, accept: bool) -> None:
    """Run every query that carries expected rows, on the graph as it was built.

    Example: hima-kg test
    """
    from .. import builds, making
    from ..graph import open as open_graph
    from ..project import Project

    if accept:
        changed = {path: rows for path, rows in making.accept(Project.find(project)).items() if path.read_bytes() != rows}
        for path, rows in changed.items():
            builds.write(path, rows)
            click.echo(near(path))
        click.echo(f"{counted(len(changed), 'file')} rewritten: read the difference, then build", err=True)
        return
    graph = open_graph(project)
    if graph.is_stale():
        click.echo("note: files have changed since the build, and it is the build that is tested: hima-kg build", err=True)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own handler would wait for the engine to return
    problems = making.test(graph.store, graph.project)
    for problem in problems:
        click.echo(f"{problem}\n", err=True)
    wrong = sum(problem.severity == "error" for problem in problems)
    click.echo(f"{counted(len(graph.project.expectations), 'file')} of expected rows, {counted(wrong, 'difference')}")
    sys.exit(1 if wrong else 0)
