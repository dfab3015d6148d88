"""`hima-kg find`."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import ProjectError
from . import json_option, lang_option, opened, print_json, project_option

FOUND = 12
"""How many things are listed on a terminal."""


@click.command()
@click.argument("words", nargs=-1, required=True)
@project_option
@lang_option
@json_option
def find(words: tuple[str, ...], project: Path | None, lang: str, as_json: bool) -> None:
    """Find things by any name in any script: characters, pinyin, initials, Hangul, full width.

    Example: hima-kg find heron
    """
    from ..entities import kind

    graph = opened(project)
    found = graph.find(" ".join(words))
    if not found:
        raise ProjectError(f"nothing is called {' '.join(words)!r}", hint="try a part of the name, or another script")
    names = graph.labels(lang)
    rows = [
        [graph.prefixes.compact(f.iri), f.name, names.get(f.iri, ""), kind(graph.store, f.iri, graph.prefixes)] for f in found
    ]
    if as_json:
        print_json([dict(zip(("id", "match", "name", "class"), row, strict=True)) for row in rows])
        return
    from .. import tables

    click.echo(tables.text(["id", "match", "name", "class"], rows[:FOUND]))
    if len(rows) > FOUND:
        click.echo(f"and {len(rows) - FOUND} more, which fit less well: --json lists all", err=True)
