"""Counts of what a graph holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import tables


def stats(table: Mapping[str, Any]) -> str:
    """Return counts for the terminal."""
    counts = [[name, f"{number:,}"] for name, number in table["counts"].items()]
    on = table.get("on")
    counts += [[f"states {level} on {on}", f"{number:,}"] for level, number in table.get("states", {}).items()]
    documents = [[d["document"], d["title"] or "", f"{d['claims']:,}", f"{d['facts']:,}"] for d in table["documents"]]
    prefixes = [[f"{prefix}:", namespace] for prefix, namespace in table["prefixes"].items()]
    return "\n\n".join(
        [
            f"{table['title']}  {table['digest'][:12]}",
            tables.text(["what", "how many"], counts),
            tables.text(["document", "title", "claims", "statements"], documents),
            tables.text(["prefix", "namespace"], prefixes),
        ]
    )
