"""`hima-kg conflicts`."""

from __future__ import annotations

from pathlib import Path

import click

from . import fit, json_option, lang_option, opened, print_json, project_option


@click.command()
@click.argument("thing", required=False)
@click.option("--kind", metavar="KIND", help="Only conflicts of a kind, such as value-contradiction.")
@project_option
@lang_option
@json_option
def conflicts(thing: str | None, kind: str | None, project: Path | None, lang: str, as_json: bool) -> None:
    """Show where claims contradict each other, with what each says and which is preferred.

    At the end stands what looks like a contradiction and is none: changes over time, finer dates, converted amounts.

    Example: hima-kg conflicts :reed --kind date-contradiction
    """
    from ..reports.conflicts import Report

    graph = opened(project)
    found, variations = graph.conflicts(thing, kind=kind), graph.variations(thing, kind=kind)
    claims = {side.citation.claim for conflict in [*found, *variations] for side in conflict.sides}
    places = {claim: place for claim in claims if (place := graph.place(claim))}
    report = Report(graph.labels(lang), graph.prefixes, places, lang)
    if as_json:
        print_json({"conflicts": [*map(report.table, found)], "variations": [*map(report.table, variations)]})
        return
    click.echo(fit(report.text(found, variations)))
