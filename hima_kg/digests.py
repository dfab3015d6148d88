"""The digest of a graph: a seal for each subject over what is said of it, and one digest over all seals.

A change breaks the seals of the subjects that it is about, and the digest of the whole follows without a look at the rest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from .errors import TooFarError

_SIZE = sha256().digest_size


def seals(lines: Sequence[bytes]) -> list[bytes]:
    """Return the seals of all subjects of sorted N-Quads, sorted: each the SHA-256 of the lines about one subject."""
    found, start = [], 0
    while start < len(lines):
        subject = lines[start].partition(b" ")[0]
        end = bisect_left(lines, subject + b"!", start)  # the sign that comes after a space
        found.append(sha256(b"".join(lines[start:end])).digest())
        start = end
    return sorted(found)


def resealed(before: Sequence[bytes], gone: Iterable[bytes], new: Iterable[bytes]) -> list[bytes]:
    """Return seals in order without some and with others; raises TooFarError where one that is to go is not there."""
    after = list(before)
    for seal in gone:
        at = bisect_left(after, seal)
        if after[at : at + 1] != [seal]:
            raise TooFarError(f"{seal.hex()} is not in the record")
        del after[at]
    return sorted([*after, *new])


def digest(sealed: Iterable[bytes]) -> str:
    """Return the digest of a graph with some seals, given in order.

    >>> digest(seals([b"<urn:a> <urn:p> <urn:b> .", b"<urn:b> <urn:p> <urn:a> ."]))[:12]
    '59b70f9033c6'
    """
    return sha256(b"".join(sealed)).hexdigest()


def chunked(data: bytes) -> Iterator[bytes]:
    """Go through seals that were written one after the other."""
    return (data[at : at + _SIZE] for at in range(0, len(data), _SIZE))
