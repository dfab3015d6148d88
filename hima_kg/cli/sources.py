"""`hima-kg sources`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from ..errors import ProjectError
from . import Folder, json_option, lang_option, opened, print_json, project_option

if TYPE_CHECKING:
    from ..graph import KnowledgeGraph

NARROWEST, IN_A_PIPE, WIDEST = 60, 100, 160
"""How many columns two texts side by side take."""


@click.command()
@click.argument("document", required=False)
@click.option("--verify", "texts", metavar="DIR", type=Folder(path_type=Path), help="Check passages against texts in DIR.")
@click.option("--all", "everything", is_flag=True, help="With --verify, print the passages that are found too.")
@project_option
@lang_option
@json_option
def sources(document: str | None, texts: Path | None, everything: bool, project: Path | None, lang: str, as_json: bool) -> None:
    """List the documents, or the passages of one; check them against the documents' texts.

    Example: hima-kg sources --verify texts/
    """
    graph = opened(project)
    if texts:
        _verify(graph, texts, document, lang, everything=everything, as_json=as_json)
    elif everything:
        raise ProjectError("--all says how much --verify prints", hint="add --verify DIR, the folder with the texts")
    else:
        _list(graph, document, lang, as_json=as_json)


def _list(graph: KnowledgeGraph, document: str | None, lang: str, *, as_json: bool) -> None:
    from ..reports import sources as report

    known = graph.sources(document)
    if as_json:
        told = [report.table(one, graph.prefixes, passages=bool(document)) for one in known]
        print_json(told[0] if document else told)
    elif document:
        click.echo(report.document(known[0], graph.labels(lang), graph.prefixes, lang))
    else:
        click.echo(report.sources(known, graph.labels(lang), graph.prefixes, lang))


def _verify(graph: KnowledgeGraph, texts: Path, document: str | None, lang: str, *, everything: bool, as_json: bool) -> None:
    from ..reports import verification as report
    from ..sources import statements

    verified = graph.verify(texts, document)
    said = report.Lookup(partial(statements, graph.store), graph.place, graph.labels(lang), graph.prefixes)
    if as_json:
        print_json([report.table(one, said, everything=everything) for one in verified])
    else:
        width = min(max(get_terminal_size().columns, NARROWEST), WIDEST) if sys.stdout.isatty() else IN_A_PIPE
        click.echo(report.verification(verified, said, everything=everything, width=width))
    if any(one.differs for one in verified):
        sys.exit(1)
