"""What a build leaves behind: a store, and BUILD.json, which names it.

BUILD.json is manifest and pointer in one. Replacing that one file is the swap: a reader sees the old graph or the new
one, and a build that is killed leaves nothing but a folder that the next build sweeps away.
"""

from __future__ import annotations

import json
import os
from binascii import crc32
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .errors import StoreError

FORMAT = 2
"""The version of the manifest and of the graphs in the store; a build of another version is made anew."""

MANIFEST = "BUILD.json"


@dataclass(frozen=True)
class Manifest:
    """What is known about a build without opening its store."""

    name: str
    title: str
    digest: str
    """SHA-256 of the sorted N-Quads."""
    store: str
    languages: Sequence[str] = ("en",)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Sequence[int | str]] = field(default_factory=dict)
    """The size and the SHA-256 of every file of the store, by its name."""
    format: int = FORMAT


def read(output: Path) -> Manifest | None:
    """Return the manifest in an output folder, or None if nothing has been built there.

    Raises StoreError if it is damaged or from another version of this program.
    """
    try:
        text = (output / MANIFEST).read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{output / MANIFEST} cannot be read: {error}", hint=AGAIN) from error
    try:
        table: dict[str, Any] = json.loads(text)
        check = table.pop("check", None)
        if table.get("format") != FORMAT:
            raise StoreError(f"{output} was built by another version of hima-kg", hint=AGAIN)
        if check != _check(table):
            raise ValueError("it is not as it was written")
        return Manifest(**table)
    except (ValueError, TypeError, AttributeError) as error:
        raise StoreError(f"{output / MANIFEST} is damaged: {error}", hint=AGAIN) from error


def _check(table: Mapping[str, Any]) -> int:
    """Return a sum over a manifest's contents, which tells a damaged one."""
    return crc32(json.dumps(table, ensure_ascii=False, sort_keys=True).encode())


AGAIN = "make it anew: hima-kg build --force"


def store_path(output: Path, manifest: Manifest) -> Path:
    """Return the folder of a build's store."""
    return output / "stores" / manifest.store


def whole(output: Path, manifest: Manifest) -> bool:
    """Whether the files of a build's store are there, each of its size: what a look at the folder can tell."""
    try:
        sizes = {file.name: file.stat().st_size for file in os.scandir(store_path(output, manifest))}
    except OSError:
        return False
    return sizes == {name: about[0] for name, about in manifest.files.items()}


def intact(output: Path, manifest: Manifest) -> bool:
    """Whether every file of a build's store is, byte for byte, as it was built.

    The engine finds some damage when it comes across it, and some, in its write-ahead log, never.
    """
    try:
        return fingerprints(store_path(output, manifest)) == {name: list(about) for name, about in manifest.files.items()}
    except OSError:
        return False


def fingerprints(store: Path) -> dict[str, list[int | str]]:
    """Return the size and the SHA-256 of every file in a folder, by its name."""
    import hashlib  # a query trusts the sizes

    found: dict[str, list[int | str]] = {}
    for file in sorted(store.iterdir()):
        with file.open("rb") as stream:
            found[file.name] = [file.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()]
    return found


@contextmanager
def lock(output: Path) -> Iterator[None]:
    """Hold an output folder for one build; raises StoreError, naming the holder, where another build has it."""
    import fcntl  # only a build locks

    try:
        output.mkdir(parents=True, exist_ok=True)
        handle = os.open(output / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(
            f"{output} cannot be written: {error.strerror}", hint="choose a folder that you may write to"
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(handle, 20, 0).decode(errors="replace").strip() or "unknown"
        os.close(handle)
        raise StoreError(f"another build is at work in {output} (process {holder})", hint="wait for it to end") from error
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def free_name(output: Path, digest: str) -> str:
    """Return a name for a new store: the digest's beginning, numbered where a store of that name stands already."""
    names = [digest[:12], *(f"{digest[:12]}-{n}" for n in range(2, 1000))]
    return next(name for name in names if not (output / "stores" / name).exists())


def staging(output: Path) -> Path:
    """Return an empty place beside the stores for a new one; what a killed build left there is swept away."""
    from shutil import rmtree  # only a build removes

    stores = output / "stores"
    stores.mkdir(parents=True, exist_ok=True)
    for left in stores.glob(".new-*"):
        left.unlink() if left.is_file() else rmtree(left)
    return stores / f".new-{os.getpid()}"


def sorted_lines(spilled: Path) -> list[bytes]:
    """Return the lines of a file in byte order, and remove it."""
    with spilled.open("rb") as file:
        lines = sorted(file)
    spilled.unlink()
    return lines


def publish(output: Path, staged: Path, manifest: Manifest) -> None:
    """Move a staged store into place and swap the manifest; the store before it stays for readers that have it open."""
    from shutil import rmtree  # only a build removes

    before = _current(output)
    _sync_tree(staged)
    os.rename(staged, store_path(output, manifest))
    _sync(output / "stores")
    table = asdict(manifest)
    text = json.dumps({**table, "check": _check(table)}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write(output / MANIFEST, text.encode())
    for old in (output / "stores").iterdir():
        if old.name not in (manifest.store, before):
            rmtree(old, ignore_errors=True)


def _current(output: Path) -> str | None:
    try:
        manifest = read(output)
    except StoreError:
        return None
    return manifest.store if manifest else None


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; raises StoreError, naming the file, where that fails."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
        _sync(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StoreError(f"{path} cannot be written: {error.strerror}") from error


def _sync_tree(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
