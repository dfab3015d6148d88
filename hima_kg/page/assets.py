"""The files of a page: what stands beside this module, as text, and what is packed into a page."""

from __future__ import annotations

import gzip
from base64 import b64encode
from pathlib import Path

HERE = Path(__file__).parent


def asset(name: str) -> str:
    """Return the text of a file of the page."""
    return (HERE / name).read_text("utf-8")


def packed(data: bytes) -> str:
    """Return some data compressed, in base64: a fifth of what data of a page would take, and a third of a script."""
    return encoded(gzip.compress(data, 9, mtime=0))


def encoded(data: bytes) -> str:
    """Return some data in base64."""
    return b64encode(data).decode()
