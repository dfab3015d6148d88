"""The command line: words into values, one call, and paper.

A command is a module of its name, read when it is asked for; its heavy imports wait until it runs.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ..errors import KgError, ProjectError, nearest
from ..terminal import Screen, deliver
from ..terms import TAG

if TYPE_CHECKING:
    from ..graph import KnowledgeGraph

COMMANDS = (
    "init",
    "build",
    "check",
    "query",
    "queries",
    "find",
    "show",
    "why",
    "conflicts",
    "timeline",
    "path",
    "without",
    "diff",
    "export",
    "view",
    "test",
    "sources",
    "stats",
    "doctor",
)
"""In the order in which they are used."""


class Commands(click.Group):
    """The commands, with every error of ours turned into its message and its exit code."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        """Run the words of the command line, which are UTF-8 whatever the locale says."""
        sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115 - lives as long as the process
        sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as above
        sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as above
        words = sys.argv[1:] if args is None else args
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = Screen(sys.stdout), Screen(sys.stderr)
        try:
            with spoken():  # help is printed before any command runs
                return super().main([os.fsencode(word).decode("utf-8", "replace") for word in words], *rest, **options)
        finally:
            sys.stdout, sys.stderr = before

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a KgError ends it with a message, never with a traceback, and an interrupt ends it at once."""
        try:
            with spoken():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            from ..threads import is_at_work  # only then

            if is_at_work():
                click.echo("Aborted!", err=True)
                sys.stdout.flush()
                os._exit(1)  # as click does, but for the engine, which would go on
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order in which they are used."""
        return list(COMMANDS)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that words ask for; a misspelt one is answered with the nearest."""
        if args[0] not in COMMANDS and (close := nearest(args[0], COMMANDS)):
            raise click.UsageError(f"No such command {args[0]!r}: did you mean {close}?", ctx)
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a name, out of the module of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name)
        return command


@contextmanager
def spoken() -> Iterator[None]:
    """Turn what goes wrong inside into a message and an exit code."""
    try:
        yield
    except KgError as error:
        fail(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has had enough, which is its right
    except OSError as error:
        where = error.filename or ("the current folder" if isinstance(error, FileNotFoundError) else "standard input or output")
        fail(ProjectError(f"{where}: {error.strerror}"))


def fail(error: KgError) -> NoReturn:
    """Print an error and leave with its exit code."""
    click.echo(str(error), err=True)
    sys.exit(error.exit_code)


class Folder(click.Path):
    """A folder by name; an empty one, such as a shell variable that is not set gives, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path of a name."""
        return super().convert(value, param, ctx) if value else self.fail("an empty name is no folder", param, ctx)


project_option = click.option(
    "--project", metavar="DIR", type=Folder(path_type=Path), help="The project's folder (else the one around here)."
)


def _tag(ctx: click.Context, option: click.Parameter, value: str) -> str:
    """Return a language tag (BCP 47) as it is; raises UsageError for what cannot be one."""
    if not re.fullmatch(TAG, value):
        raise click.UsageError(f"--lang takes a language tag such as en, ko or zh-hans, not {value!r}", ctx)
    return value


def _not_json(ctx: click.Context, option: click.Parameter, value: bool) -> None:
    if value:
        raise click.UsageError("JSON is one of several formats here: write -f json", ctx)


def word(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Return a word as it is; raises UsageError for an empty one, such as a shell variable that is not set gives."""
    if value == "":
        raise click.UsageError(f"{option.opts[0]} takes a word, and this one is empty", ctx)
    return value


lang_option = click.option("--lang", metavar="TAG", default="en", show_default=True, callback=_tag, help="Language of names.")
on_option = click.option("--on", metavar="DATE", help="A day, month, year or range: what held then, and how surely.")
param_option = click.option("-p", "--param", "params", metavar="NAME=VALUE", multiple=True, help="A parameter of the query.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
not_json_option = click.option("--json", is_flag=True, hidden=True, expose_value=False, callback=_not_json)
all_option = click.option("--all", "everything", is_flag=True, help="List everything, however long.")
output_option = click.option("-o", "--output", metavar="FILE", callback=word, help="Where to write; - is standard output.")


_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100, "color": True}
"""With "color", escape codes in facts are left to the screen, which spells them out: click would drop them in a pipe."""


@click.group(cls=Commands, context_settings=_SETTINGS)
@click.version_option(package_name="hima-kg", prog_name="hima-kg")
def main() -> None:
    """Build a knowledge graph from a folder, ask it, and see who says what.

    \b
    hima-kg build                       make the graph of the project around here
    hima-kg query NAME --on 2025        ask a named question, as of a day
    hima-kg show NAME                   all that is known about a thing, with its sources
    """  # noqa: D301 - the backslash keeps click from joining the lines


def opened(project: Path | None) -> KnowledgeGraph:
    """Return the built graph of a project; a note says which files have changed since, which it knows nothing of."""
    from ..graph import open as open_graph

    graph = open_graph(project)
    with suppress(KgError, OSError):  # what is wrong with the files, a build says
        if changed := graph.changed():
            more = f" and {len(changed) - 1} more" * (len(changed) > 1)
            click.echo(f"note: {changed[0]}{more} changed after the build, which `hima-kg build` takes in", err=True)
    return graph


def pairs(params: Iterable[str], on: str | None = None) -> dict[str, str]:
    """Return the parameters that `-p NAME=VALUE` gave, by name, with the day of `--on` if there is one."""
    found: dict[str, str] = {}
    for text in params:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"-p takes NAME=VALUE, not {text!r}")
        if not value:
            raise click.UsageError(f"-p {name}= has no value; leave it out where it is optional")
        if name in found:
            raise click.UsageError(f"-p {name}=… is given twice, and a parameter has one value")
        found[name] = value
    if on is None:
        return found
    if "on" in found:
        raise click.UsageError("--on and -p on=… both give a day, and a query is asked as of one")
    return {**found, "on": on}


def near(path: Path) -> str:
    """Return a path as one would type it here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def fit(text: str) -> str:
    """Return a text as wide as the terminal; in a pipe, where lines are better left whole, as it is."""
    if not sys.stdout.isatty():
        return text
    from shutil import get_terminal_size

    from ..tables import folded

    return folded(text, get_terminal_size().columns)


def print_json(value: object) -> None:
    """Print a value as JSON, in UTF-8."""
    import json

    deliver(json.dumps(value, ensure_ascii=False, indent=2, default=str).encode(), None)
