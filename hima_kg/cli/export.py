"""`hima-kg export`."""

from __future__ import annotations

from pathlib import Path

import click

from ..terminal import deliver
from . import on_option, opened, output_option, project_option, word


@click.command()
@on_option
@output_option
@click.option("-f", "--format", metavar="FORMAT", callback=word, help="One of those above, if the file's name does not tell.")
@project_option
def export(output: str | None, format: str | None, project: Path | None, on: str | None) -> None:
    """Write the graph to a file: ttl, nt, rdf, csv the best graph; trig, nq, jsonld everything; graphml, gexf the network.

    Example: hima-kg export -o hima.ttl
    """
    suffix = Path(output).suffix.lstrip(".").lower() if output and output != "-" else ""
    chosen = format or suffix
    if not chosen:
        raise click.UsageError("say where to: -o FILE, or in which format: -f ttl")
    deliver(opened(project).export(chosen, on=on), output)
