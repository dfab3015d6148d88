"""Work in threads: what it gives, what it raises, in what order, and how it is interrupted."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, current_thread, get_ident, main_thread

import pytest

from hima_kg import threads
from hima_kg.store import Store
from hima_kg.threads import apart, at_once, several


def test_apart_is_another_thread() -> None:
    """Work apart is done in a thread of its own, and what it gives is given here."""
    assert apart(get_ident) != get_ident()
    assert apart(lambda: current_thread() is main_thread()) is False


def test_apart_raises() -> None:
    """What work apart raises is raised where it was asked for."""
    with pytest.raises(ZeroDivisionError):
        apart(lambda: 1 // 0)


def test_apart_is_deep() -> None:
    """What the engine answers in a main thread, it answers in a thread apart, however deep the query is nested."""
    nested = "SELECT * WHERE { " + "OPTIONAL { ?s ?p ?o " * 490 + "}" * 490 + " }"
    assert len(apart(lambda: [*Store.memory({}).select(nested)])) == 1


INTERRUPTED = """
import time
from hima_kg.threads import apart, at_once, several

def work(item=0):
    print("begun", flush=True)
    for _ in range(3_000):
        time.sleep(0.01)

def short(item):
    if item == 20:
        print("begun", flush=True)
    time.sleep(0.02)

{0}
"""


@pytest.mark.parametrize(
    "call",
    [
        "apart(work)",
        "several(work, range(50))",
        "apart(lambda: several(short, range(5_000)))",
        "at_once(short, range(5_000), 2)",
    ],
)
def test_interrupt_reaches_the_work(call: str) -> None:
    """Ctrl-C ends work in threads, though Python tells only the main thread of it."""
    command = [sys.executable, "-c", INTERRUPTED.format(call)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) != 0
        assert "KeyboardInterrupt" in process.stderr.read()


def test_long_work_is_named(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long is named once, so that one knows what to look at; what does not is not."""
    monkeypatch.setattr(threads, "_LONG", 0.05)
    for pause in (0, 0.3):
        with threads.timed("ontology/rules/slow.rq"):
            time.sleep(pause)
    assert caplog.messages == ["ontology/rules/slow.rq has been at work for 0.05 seconds; Ctrl-C ends it"]


SLOW: list[Callable[[], None]] = [lambda: None, lambda: time.sleep(0.03)]


@pytest.mark.parametrize("pause", SLOW, ids=["at once", "in threads"])
def test_several_in_order(pause: Callable[[], None]) -> None:
    """Results come in the order of the items, whoever is done first."""

    def work(item: int) -> int:
        pause()
        return item * item

    assert several(work, iter(range(9))) == [item * item for item in range(9)]
    assert several(work, []) == []


def test_errors_let_go(recwarn: pytest.WarningsRecorder) -> None:
    """An error from a thread holds no solutions of the engine's, which must end where they began."""

    def work(_: int) -> None:
        rows = Store.memory({}).select("SELECT * WHERE { VALUES ?x { 1 2 3 } }")
        raise ValueError(next(rows)["x"].value)

    for call in (lambda: apart(lambda: work(1)), lambda: several(work, [1])):
        with pytest.raises(ValueError, match="1"):
            call()
    gc.collect()
    assert [str(warning.message) for warning in recwarn] == []


def test_an_error_of_any_thread_stops_the_others() -> None:
    """After an error, whichever thread it comes from, it is raised, and what has not begun is left."""
    begun: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        time.sleep(0.2 if item == 2 else 0.03)
        if item == 3:
            raise ValueError(item)

    with pytest.raises(ValueError, match="3"):
        several(work, range(1_000))
    assert len(begun) < 100


def test_several_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long is done in more than one thread where there are processors: two that wait for each other both end."""
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    met = [Event(), Event()]

    def work(item: int) -> bool:
        if item == 0:
            time.sleep(0.05)  # long enough for threads to be worth it
            return True
        met[item - 1].set()
        return met[2 - item].wait(20)

    assert several(work, range(3)) == [True, True, True]


def test_items_are_taken_when_their_turn_comes() -> None:
    """Work at once takes an item when a thread is free for it, one after the other, and lets go of it when it is done."""
    made: list[int] = []
    alive = Counter[str]()
    most = []

    class Item:
        def __init__(self, number: int) -> None:
            made.append(number)
            alive["now"] += 1
            most.append(alive["now"])

        def __del__(self) -> None:
            alive["now"] -= 1

    done: list[int] = []
    at_once(lambda item: done.append(id(item)), (Item(number) for number in range(100)), threads=2)
    assert made == [*range(100)]
    assert len(done) == 100
    assert max(most) <= 3


def test_an_error_between_items_stops_the_work() -> None:
    """An error of what gives the items is raised, too, and so is one of the work; no item is taken after it."""
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1_000):
            taken.append(number)
            yield number
            if number == 5:
                raise KeyError(number)

    with pytest.raises(KeyError, match="5"):
        at_once(lambda _: time.sleep(0.001), items(), threads=2)
    assert taken == [*range(6)]


def test_error_in_a_stage_is_told(tmp_path: Path) -> None:
    """An error in a stage that runs in a thread is told as any other: with its place and its exit code."""
    project = tmp_path / "p"
    subprocess.run([sys.executable, "-m", "hima_kg", "init", str(project)], check=True, capture_output=True)
    rule = project / "ontology" / "rules" / "endless.rq"
    rule.parent.mkdir(exist_ok=True)
    rule.write_text("# What is broken does not parse.\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p }\n", "utf-8")
    done = subprocess.run([sys.executable, "-m", "hima_kg", "build", "--project", str(project)], capture_output=True, text=True)
    assert done.returncode == 3
    assert "ontology/rules/endless.rq:2:" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
