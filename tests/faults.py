"""What the suite of faults does to a project: kills commands, damages files, and listens meanwhile."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import hima_kg
from tests.conftest import HEAD

HIMA_KG = (sys.executable, "-m", "hima_kg")
WHICH = "SELECT ?lamps ?name { :cedar l:lamps ?lamps ; skos:prefLabel ?name }"


def edition(folder: Path, number: int) -> None:
    """Write an edition of a project whose number stands in two files, so that a mix of two editions shows."""
    (folder / "queries" / "lamps.csv").unlink(missing_ok=True)
    for name, fact in (("lamps", f"l:lamps {number}"), ("name", f"skos:prefLabel 'edition {number}'@en")):
        (folder / "facts" / f"{name}.trig").write_text(f"{HEAD}n:s1 {{ :cedar a l:Workshop ; {fact} . }}\n", "utf-8")


def current(folder: Path) -> int:
    """Return the number of the edition that a reader sees, which is the same in both files and in every part of the build."""
    ((number, name),) = [row.values() for row in hima_kg.open(folder).ask(WHICH)]
    assert name == f"edition {number}"
    return int(str(number))


def leftovers(folder: Path) -> list[str]:
    """Return what a command that was killed left behind."""
    return [str(p.relative_to(folder)) for p in folder.rglob(".*") if p.name.startswith(".new-") or p.suffix == ".part"]


@contextmanager
def readers(folder: Path) -> Iterator[list[str]]:
    """Ask a graph over and over, in Python and by the command line; in the end the list holds all that they were told."""
    told: list[str] = []
    logs = [folder / "python.log", folder / "shell.log"]
    commands = [
        (sys.executable, "-c", _POLL),
        ("sh", "-c", 'while kill -0 $PPID; do "$2" -m hima_kg query -e "$1"; done', "sh"),
    ]
    running = []
    for log, command in zip(logs, commands, strict=True):
        with log.open("w") as out:
            words = [*command, WHICH, sys.executable]
            running.append(subprocess.Popen(words, cwd=folder, stdout=out, stderr=out, start_new_session=True))
    try:
        yield told
    finally:
        for process in running:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for log in logs:
            told += [line for line in log.read_text("utf-8").split("\n")[:-1] if line != "lamps,name"]


_POLL = """
import os, sys, hima_kg
parent = os.getppid()
while os.getppid() == parent:
    for row in hima_kg.open().ask(sys.argv[1]):
        print(*row.values(), sep=",", flush=True)
"""


def killed(*words: str, cwd: Path, seconds: float = 60, step: int = 0) -> int:
    """Run a command and kill it after some seconds, or before its n-th change of a file; return its exit code."""
    with suppress(subprocess.TimeoutExpired):
        command = [sys.executable, "-c", _STOPPED, "SIGKILL", "write", str(step), *words] if step else [*HIMA_KG, *words]
        return subprocess.run(command, cwd=cwd, timeout=seconds, capture_output=True).returncode
    return -signal.SIGKILL


def stopped(*words: str, cwd: Path, step: int) -> subprocess.Popen[str]:
    """Run a command and stop it at its n-th look at a file after it knows which store to read; return it, stopped or done."""
    command = [sys.executable, "-c", _STOPPED, "SIGSTOP", "read", str(step), *words]
    process = subprocess.Popen(command, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    return process


_STOPPED = """
import os, signal, sys
_, name, kind, left, *words = sys.argv
left, known = int(left), kind == "write"
def watch(event, args):
    global left, known
    opened = event == "open" and not known and str(args[0]).endswith("BUILD.json")
    known = known or opened
    writes = event in {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate"} or (
        event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    if known and (writes or kind == "read"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), getattr(signal, name))
sys.addaudithook(watch)
from hima_kg.cli import main
main(words)
"""


def ended(*words: str, cwd: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command that must end within a minute; one that does not is killed, which its exit code tells."""
    command = [*HIMA_KG, *words]
    try:
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, **options)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, -signal.SIGKILL, "", "did not end")


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


Harm = Callable[[bytes, random.Random], bytes | None]


def flipped(data: bytes, by: random.Random) -> bytes:
    """Return data with one bit of it changed; what is empty gets a byte."""
    at = by.randrange(max(1, len(data)))
    return data[:at] + bytes([data[at] ^ 1 << by.randrange(8)]) + data[at + 1 :] if data else b"\0"


def cut(data: bytes, by: random.Random) -> bytes:
    """Return data without its end; what is empty gets a byte."""
    return data[: by.randrange(max(1, len(data) - 1))] if data else b"\0"


def zeroed(data: bytes, by: random.Random) -> bytes:
    """Return data with zeros for its end, as a disk leaves a file that it had no time to write; what is empty gets a byte."""
    at = by.randrange(max(1, len(data) // 2))
    return data[:at] + bytes(len(data) - at) if data else b"\0"


def gone(data: bytes, by: random.Random) -> None:
    """Return nothing: the file is deleted."""


def damage(file: Path, harm: Harm, by: random.Random) -> None:
    """Do harm to a file."""
    data = harm(file.read_bytes(), by)
    file.unlink()
    if data is not None:
        file.write_bytes(data)


def on_terminal(*words: str, cwd: Path) -> str:
    """Return what a command prints where standard output and standard error are a terminal."""
    import tty

    ours, theirs = os.openpty()
    tty.setraw(theirs)
    process = subprocess.Popen([*HIMA_KG, *words], cwd=cwd, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs)
    os.close(theirs)
    pieces = []
    with suppress(OSError):  # the end of a terminal
        while piece := os.read(ours, 65536):
            pieces.append(piece)
    os.close(ours)
    process.wait(60)
    return b"".join(pieces).decode("utf-8", "replace")


@contextmanager
def listener() -> Iterator[tuple[str, list[object]]]:
    """Listen on a port of this machine; gives the address, and a list that grows by whoever connects."""
    callers: list[object] = []

    def listen() -> None:
        with suppress(OSError):  # closed, at the end
            while True:
                connection, caller = server.accept()
                callers.append(caller)
                connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=listen, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", callers
        server.shutdown(socket.SHUT_RDWR)
    thread.join(10)
