"""Work in threads: apart, for the sake of its memory, and several pieces at once.

The engine lets go of Python's lock while it works. See docs/decisions/0012-threads-have-heaps.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

if TYPE_CHECKING:
    from threading import Thread

Item = TypeVar("Item")
Result = TypeVar("Result")
_AT_ONCE = 4
"""How many queries run at once at most: each of them holds what it has found so far."""
_STACK = 8 << 20
_GLANCE = 0.1
_SHORT = 0.02
"""For how many seconds work is done without threads, which take a millisecond to wake."""
_GRACE = 2.0
"""For how many seconds the engine may go on with what was interrupted before it is left alone."""
_LONG = 20.0
"""After how many seconds it is said that something takes long."""
_NONE: Any = object()
_LEFT: WeakSet[Thread] = WeakSet()


def apart(work: Callable[[], Result]) -> Result:
    """Return what some work gives, done in a thread of its own, and raise what it raises.

    A new thread has a heap of its own, free of the fragments that much use has left in the main one.
    An interrupt is handed on, and the work ends as soon as the engine returns to it; where the engine does not return for
    seconds, it is left alone (see `is_at_work`).

    >>> apart(lambda: 6 * 7)
    42
    """
    from concurrent.futures import Future  # a query works in one thread
    from threading import Thread

    done: Future[Result] = Future()

    def attempt() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # whatever it is, it is raised where the work was asked for
            done.set_exception(_bare(error))

    thread = Thread(target=attempt, daemon=True)
    _LEFT.add(thread)
    try:
        with _deep():
            thread.start()
        return done.result()
    except KeyboardInterrupt:  # which may come while the thread starts, too
        _interrupt(thread)
        raise
    finally:
        if thread.is_alive():
            thread.join(_GRACE)


def is_at_work() -> bool:
    """Whether the engine is still at work on what was interrupted, so that only the end of the process would end it."""
    return any(thread.is_alive() for thread in _LEFT)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say once, by a warning in the log, that what is done meanwhile takes long, and what it is."""
    from threading import Timer

    def tell() -> None:
        import logging  # hardly ever

        logging.getLogger(__package__).warning("%s has been at work for %g seconds; Ctrl-C ends it", what, _LONG)

    timer = Timer(_LONG, tell)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _deep() -> Iterator[None]:
    """Let threads that start meanwhile nest calls as deep as a main thread may; some systems give them much less room."""
    from threading import stack_size

    before = stack_size(_STACK)
    try:
        yield
    finally:
        stack_size(before)


def _bare(error: BaseException) -> BaseException:
    """Return an error without what the frames in its traceback hold: the engine's solutions must end in their own thread."""
    from traceback import clear_frames

    clear_frames(error.__traceback__)
    return error


def _interrupt(thread: Thread) -> None:
    import ctypes

    end = perf_counter() + _GLANCE
    while thread.ident is None and perf_counter() < end:
        sleep(_GLANCE / 100)  # it is about to begin, or was interrupted before it could
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(KeyboardInterrupt))


def several(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return what some work gives for each item, in their order; if it takes long, it is done for several at once.

    Whatever it raises is raised here, and what has not begun by then is left.

    >>> several(str.upper, ["a", "b"])
    ['A', 'B']
    """
    left, done, end = enumerate([*items]), dict[int, Result](), perf_counter() + _SHORT

    def step(numbered: tuple[int, Item]) -> None:
        done[numbered[0]] = work(numbered[1])

    for numbered in left:
        step(numbered)
        if perf_counter() > end:
            at_once(step, left, min(_AT_ONCE, os.cpu_count() or 1))
    return [done[number] for number in sorted(done)]


def at_once(work: Callable[[Item], object], items: Iterable[Item], threads: int) -> None:
    """Do some work for each item in a number of threads; an item is taken, and let go of, when its turn comes.

    Whatever it raises is raised here, and what has not begun by then is left.

    >>> at_once(print, ["one item"], threads=2)
    one item
    """
    from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait  # a query works in one thread
    from threading import Lock

    left, turn = iter(items), Lock()

    def take() -> None:
        try:
            while True:
                with turn:
                    item = next(left, _NONE)
                if item is _NONE:
                    return
                work(item)
                del item
        except BaseException as error:
            raise _bare(error) from None

    with ThreadPoolExecutor(threads) as pool:
        try:
            with _deep():
                taking = {pool.submit(take) for _ in range(threads)}
            while (state := wait(taking, _GLANCE, FIRST_EXCEPTION)).not_done and not any(one.exception() for one in state.done):
                pass  # an interrupt that is handed on cannot end a wait
        finally:
            left = iter(())  # after an error, or an interrupt
        for worker in taking:
            worker.result()
