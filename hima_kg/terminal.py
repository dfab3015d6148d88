"""What leaves the program: answers on paper, bytes to a file or a pipe, and an end to what takes too long."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
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


@contextmanager
def limited(seconds: float | None) -> Iterator[None]:
    """End the process with exit code 4 when the time is up, and at once on Ctrl-C.

    A running query cannot be stopped from within, and holds no lock that outlives the process.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own handler would wait for the engine to return
    timer = Timer(seconds or 0, _give_up, [seconds])
    timer.daemon = True
    if seconds:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _give_up(seconds: float) -> None:
    message = f"error: no answer after {seconds:g} seconds\n  allow more with --timeout, or ask for less with LIMIT\n"
    os.write(2, message.encode())
    os._exit(4)
