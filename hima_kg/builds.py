"""What a build leaves behind: a store, and BUILD.json, which names it.

BUILD.json is manifest and pointer in one. Replacing that one file is the swap: a reader sees the old graph or the new
one, and a build that is killed leaves nothing but a folder that the next build sweeps away.
"""

from __future__ import annotations

import json
import os
import re
from binascii import crc32
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISREG
from typing import Any

from .errors import StoreError
from .version import __version__

FORMAT = 4
"""The version of the manifest and of the graphs in the store; a build of another version is made anew."""

MANIFEST = "BUILD.json"


@dataclass(frozen=True)
class Manifest:
    """What is known about a build without opening its store."""

    name: str
    title: str
    digest: str
    """SHA-256 over the seals of all subjects: see `digests`."""
    store: str
    languages: Sequence[str] = ("en",)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Sequence[int | str]] = field(default_factory=dict)
    """The size, the CRC-32 and the SHA-256 of every file of the store, by its name."""
    exports: Mapping[str, Sequence[int | str]] = field(default_factory=dict)
    """The same of the files that a build leaves for others to read."""
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


def record_path(output: Path, store: str) -> Path:
    """Return the folder of what the build of a store keeps for the next one."""
    return output / "records" / store


def seems_intact(output: Path, manifest: Manifest) -> bool:
    """Whether the files of a build's store are there, each of its size, and all but a large store's tables as written.

    The engine would answer wrongly, or never, from some kinds of damage; a look at everything is for `intact`. Raises
    StoreError where they must not be read.
    """
    try:
        found = {file.name: file.stat().st_size for file in os.scandir(store_path(output, manifest))}
        if found != {name: about[0] for name, about in manifest.files.items()}:
            return False
        is_small = sum(found.values()) < SMALL
        small = [name for name in found if is_small or not name.endswith(".sst")]
        return all(_sum(store_path(output, manifest) / name) == manifest.files[name][1] for name in small)
    except PermissionError as error:
        raise StoreError(f"{error.filename} cannot be read: {error.strerror}", hint="ask for the right to read it") from error
    except OSError:
        return False


def time(output: Path) -> int:
    """Return when the current build of an output folder was swapped in, in nanoseconds since 1970."""
    return (output / MANIFEST).stat().st_mtime_ns


SMALL = 4_000_000
"""Up to how many bytes a store is looked at as a whole whenever it is opened: a few milliseconds."""


def intact(output: Path, manifest: Manifest) -> bool:
    """Whether every file of a build, of its store and for others to read, is byte for byte as it was built."""
    try:
        exports = {name: _sha256(output / name) for name in manifest.exports}
        files = {file.name: _sha256(file) for file in store_path(output, manifest).iterdir()}
    except OSError:
        return False
    built = ({name: about[-1] for name, about in table.items()} for table in (manifest.files, manifest.exports))
    return [files, exports] == [*built]


def current(output: Path, inputs: Mapping[str, str]) -> Manifest | None:
    """Return the manifest of a build that was made of these inputs by these versions and is intact; None if there is none."""
    manifest = read(output)
    if manifest is None or manifest.inputs != inputs or manifest.versions != versions():
        return None
    return manifest if intact(output, manifest) else None


def versions() -> dict[str, str]:
    """Return the versions of what a build's bytes depend on."""
    import pyoxigraph  # a query has its engine already, and does not ask

    return {"hima-kg": __version__, "pyoxigraph": pyoxigraph.__version__}


def fingerprint(file: Path) -> list[int | str]:
    """Return the size, the CRC-32 and the SHA-256 of a file."""
    return [file.stat().st_size, _sum(file), _sha256(file)]


def fingerprints(output: Path, staged: Path) -> dict[str, Sequence[int | str]]:
    """Return the fingerprints of the files of a staged store; those that it shares with the current one are known."""
    before = _current(output)
    shared = store_path(output, before) if before else staged
    known = {name: about for name, about in before.files.items() if _same(staged / name, shared / name)} if before else {}
    return {file.name: known.get(file.name) or fingerprint(file) for file in staged.iterdir()}


def _same(file: Path, other: Path) -> bool:
    return file.exists() and other.exists() and file.samefile(other)


def _sha256(file: Path) -> str:
    from hashlib import file_digest  # a query makes do with the sum

    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _sum(file: Path) -> int:
    total = 0
    with file.open("rb") as stream:
        while piece := stream.read(1 << 20):
            total = crc32(piece, total)
    return total


@contextmanager
def lock(output: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold an output folder for one build; raises StoreError, naming the holder, unless it waits for another build."""
    import fcntl  # only a build locks

    try:
        output.mkdir(parents=True, exist_ok=True)
        handle = os.open(output / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(
            f"{output} cannot be written: {error.strerror}", hint="choose a folder that you may write to"
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(handle, 20, 0).decode(errors="replace").strip() or "unknown"
        os.close(handle)
        raise StoreError(f"another build is at work in {output} (process {holder})", hint="wait for it to end") from error
    try:
        with suppress(OSError):  # who holds it is a courtesy
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


def sort(spilled: Path) -> None:
    """Sort the lines of a file in byte order, in place, each of them once."""
    with spilled.open("rb") as file:
        lines = sorted(file)
    lines = [line for line, before in zip(lines, chain([b""], lines), strict=False) if line != before]
    with spilled.open("wb") as file:
        for start in range(0, len(lines), _AT_ONCE):
            file.write(b"".join(lines[start : start + _AT_ONCE]))


_AT_ONCE = 1_000
"""How many lines are written at once: one by one takes three times as long."""


def swap(output: Path, staged: Path, manifest: Manifest) -> None:
    """Move a staged store into place and swap the manifest; the store before it stays for readers that have it open."""
    from shutil import rmtree  # only a build removes

    before = _current(output)
    kept = {manifest.store, before.store if before else ""}
    _sync_tree(staged)
    os.rename(staged, store_path(output, manifest))
    _sync(output / "stores")
    table = asdict(manifest)
    text = json.dumps({**table, "check": _check(table)}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write(output / MANIFEST, text.encode())
    swept = [old for old in (output / "stores").iterdir() if old.name not in kept]
    swept += [old for old in (output / "records").glob("*") if old.name != manifest.store]
    for old in swept:
        rmtree(old, ignore_errors=True)


def _current(output: Path) -> Manifest | None:
    try:
        return read(output)
    except StoreError:
        return None


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; raises StoreError, naming the file, where that fails.

    What a process that was killed left beside it is swept away. A link stays one, and a device or a pipe is written to.
    """
    if not path.name:
        raise StoreError(f"{path} is a folder", hint="name the file that is to be written")
    is_open = _DESCRIPTOR.fullmatch(str(path))
    start = f".{path.name[:_LONGEST]}."
    part = None
    try:
        mode = path.stat().st_mode if path.exists() or path.is_symlink() else None
        if is_open or (mode and not (S_ISREG(mode) or S_ISDIR(mode))):
            number = int({"stdout": "1", "stderr": "2"}.get(path.name, path.name)) if is_open else None
            with open(path if number is None else os.dup(number), "wb") as stream:
                stream.write(data)  # to a device or a pipe, or to what is open already, after all that it has had
            return
        path = path.resolve()
        for left in os.scandir(path.parent):
            if left.name.startswith(start) and left.name.endswith(".part") and not _lives(left.name.split(".")[-2]):
                os.unlink(left)
        part = path.with_name(f"{start}{os.getpid()}.part")
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode:
            part.chmod(S_IMODE(mode))
        os.replace(part, path)
        _sync(path.parent)
    except OSError as error:
        with suppress(OSError):
            if part:
                part.unlink(missing_ok=True)
        raise StoreError(f"{path} cannot be written: {error.strerror}") from error


_DESCRIPTOR = re.compile(r"/dev/(?:stdout|stderr|fd/\d+)|/proc/self/fd/\d+")
_LONGEST = 60
"""How much of a file's name the part that is being written bears: with a process's number, it is not longer than one may be."""


def _lives(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _sync_tree(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
