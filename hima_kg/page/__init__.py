"""The offline network page: one HTML file that shows a network, its sources and its conflicts."""

import networkx as nx

from .drawing import Drawing
from .layout import arrange

__all__ = ["render"]


def render(network: nx.MultiDiGraph, *, lang: str = "en") -> str:
    """Return one self-contained HTML page that draws a network and lets people search and read it.

    The page asks the network for nothing, opens in `lang`, and is the same string for the same network. It draws what is
    in the network, and says how many things there are in the graph.
    """
    return Drawing(network, arrange(network)).page(lang)
