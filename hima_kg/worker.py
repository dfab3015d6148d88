"""A process of its own for what may run for ever or end the engine: it can be stopped, and what it breaks is its own."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

from .errors import SlowError


def isolated(work: Callable[[], None], seconds: float) -> None:
    """Do some work, which prints for itself, in a process of its own.

    Returns when it is done; leaves with its exit code where that is not 0. Raises SlowError when the time is up, and when
    the engine takes its process down: nothing that runs inside the engine can be stopped from within. Ctrl-C and the
    system's other signals to end stop both processes at once.
    """
    sys.stdout.flush()
    done, alive = os.pipe()  # the far end closes when the worker ends, however that comes about
    worker = os.fork()
    if worker == 0:
        os.close(done)
        _work(work, seconds)
    os.close(alive)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: _stop_both(worker, number))
    ended, _, _ = select.select([done], [], [], seconds)
    if not ended:
        os.kill(worker, signal.SIGKILL)
    _, status = os.waitpid(worker, 0)
    if not ended:
        raise SlowError(
            f"no answer after {seconds:g} second{'s' * (seconds != 1)}",
            hint="allow more with --timeout, or ask for less with LIMIT",
        )
    if os.WIFSIGNALED(status):
        raise _ended(os.WTERMSIG(status))
    if code := os.WEXITSTATUS(status):
        sys.exit(code)


def _work(work: Callable[[], None], seconds: float) -> NoReturn:
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own handler would wait for the engine to return
        _end_with_the_time(seconds)
        work()
        sys.stdout.flush()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        from traceback import print_exc  # nobody else will tell of a mistake that is ours

        print_exc()
    finally:
        os._exit(code)  # the parent's buffers and handlers are the parent's


def _end_with_the_time(seconds: float) -> None:
    """See that a worker whose parent was killed does not run for ever."""
    import resource

    most = int(seconds * (os.cpu_count() or 1)) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))


def _stop_both(worker: int, number: int) -> None:
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)  # so that a shell sees what ended the program


def _ended(number: int) -> SlowError:
    if number == signal.SIGKILL:
        return SlowError("the system ended the query; it may have wanted too much memory", hint="ask for less with LIMIT")
    return SlowError(f"the query took the engine down (signal {number})", hint="ask in smaller steps")
