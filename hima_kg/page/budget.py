"""What a page draws of a large graph: the things that matter most, and what is said about them."""

from __future__ import annotations

from typing import Any

import networkx as nx

BUDGET = 800
"""How many things a page draws; more would be a hairball, and slow."""


def within(network: nx.MultiDiGraph, most: int = BUDGET) -> nx.MultiDiGraph:
    """Return the network itself if it is small, else its most important and most connected things, with their citations.

    `graph["total"]` of what comes back says how many things there were.
    """
    about = {**network.graph, "total": len(network)}
    kept = set(network)
    if len(network) > most:
        weight = {name: drawn["importance"] for name, drawn in about["classes"].items()}
        ranked = sorted(network.nodes(data="cls"), key=lambda n: (-weight[n[1]], -network.degree(n[0]), n[0]))
        kept = {node for node, _ in ranked[:most]}
        about |= _about(kept, network, about)
    small = nx.MultiDiGraph(network.subgraph(kept))
    small.graph.clear()
    small.graph.update(about)
    return small


def _about(kept: set[str], network: nx.MultiDiGraph, about: dict[str, Any]) -> dict[str, Any]:
    asides = {
        name: aside
        for name, aside in about["asides"].items()
        if any(said["link"] and said["value"] in kept for said in aside["statements"])
    }
    conflicts = [conflict for conflict in about["conflicts"] if kept.intersection(conflict["about"])]
    said = [row for node in kept for row in network.nodes[node]["statements"]]
    said += [row for aside in asides.values() for row in aside["statements"]]
    cited = {claim for row in said for claim in row["claims"]} | {claim for c in conflicts for claim in c["claims"]}
    claims = {name: claim for name, claim in about["claims"].items() if name in cited}
    return {"asides": asides, "conflicts": conflicts, "claims": claims}
