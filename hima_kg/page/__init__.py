"""The offline network page: one HTML file that shows a network, its sources and its conflicts."""

import networkx as nx

from .drawing import Drawing
from .layout import arrange

__all__ = ["render"]


def render(network: nx.MultiDiGraph, *, lang: str = "en") -> str:
    """One self-contained HTML page that draws a network and lets people search and read it.

    The page asks the network for nothing, opens in `lang`, and is the same string for the same network.
    """
    drawing = Drawing(network, arrange(network))
    return drawing.page(lang)
