"""What leaves the program: answers on paper, bytes to a file or a pipe."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from .errors import ProjectError, printable

if TYPE_CHECKING:
    from .answers import Answer


FORMATS = ("table", "csv", "tsv", "json", "xml", "ttl", "nt", "jsonld", "rdf", "md")
"""How an answer can be had: as a table, in Markdown, or in the W3C formats."""


def rendered(answer: Answer, format: str) -> bytes:
    """Return an answer in a format; a truth value in CSV is yes or no."""
    if format in ("table", "md") or (format == "csv" and answer.kind == "truth"):
        from . import tables

        if answer.kind == "truth":
            return b"yes\n" if answer else b"no\n"
        write = tables.text if format == "table" else tables.markdown
        return (write(answer.columns, answer.cells()) + "\n").encode()
    return answer.serialize(format)


class Screen:
    """A stream of text on which nothing that is printed can steer a terminal; bytes go by its buffer, as they are."""

    def __init__(self, stream: TextIO) -> None:
        """Write to a stream, with what its encoding has no signs for escaped."""
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        """Be the stream in all other ways."""
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write text with control and direction characters spelled out."""
        return self._stream.write(printable(text))


def deliver(data: bytes, output: str | None) -> None:
    """Write bytes to a file, whole or not at all, or to standard output; where a terminal has no such signs, escaped."""
    if output and output != "-":
        from .builds import MANIFEST, write

        if Path(output).name == MANIFEST:
            raise ProjectError(f"{output} is by what a build finds its store", hint="write to a file of another name")
        write(Path(output), data if data.endswith(b"\n") or not data else data + b"\n")
        return
    stream = sys.stdout.buffer
    if sys.stdout.encoding.lower().replace("-", "") != "utf8" and sys.stdout.isatty():
        data = data.decode().encode(sys.stdout.encoding, errors="backslashreplace")
    left = memoryview(data if data.endswith(b"\n") else data + b"\n")
    while left:
        left = left[stream.write(left) :]  # a stream without a buffer may take a part
    stream.flush()
