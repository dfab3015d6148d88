"""What leaves the program: answers on paper, bytes to a file or a pipe."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .answers import Answer


def rendered(answer: Answer, style: str) -> bytes:
    """Return an answer in a style: a table, Markdown, or a W3C format; a truth value in CSV is yes or no."""
    if style in ("table", "md") or (style == "csv" and answer.kind == "truth"):
        from . import tables

        if answer.kind == "truth":
            return b"yes\n" if answer else b"no\n"
        write = tables.text if style == "table" else tables.markdown
        return (write(answer.columns, answer.cells()) + "\n").encode()
    if answer.kind == "graph" and style == "csv":
        style = "ttl"
    return answer.serialize(style)


def deliver(data: bytes, output: str | None) -> None:
    """Write bytes to a file, whole or not at all, or to standard output; where a terminal has no such signs, escaped."""
    if output and output != "-":
        from .builds import write

        write(Path(output), data)
        return
    stream = sys.stdout.buffer
    if sys.stdout.encoding.lower().replace("-", "") != "utf8" and sys.stdout.isatty():
        data = data.decode().encode(sys.stdout.encoding, errors="backslashreplace")
    stream.write(data if data.endswith(b"\n") else data + b"\n")
    stream.flush()
