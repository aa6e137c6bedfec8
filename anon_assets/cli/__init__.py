"""``anon-assets``: the product for those who want no orchestrator on the screen."""

from __future__ import annotations

import errno
import importlib
import pkgutil
import re
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from anon_assets import __version__
from anon_assets.errors import AnonError, StoreError, UsageError

__all__ = ["Lazy", "group", "main"]

_EXAMPLES = """\b
Examples:
  anon-assets demo                      the whole pipeline on a sample
  anon-assets init shop --database URL  a project for your own database
  anon-assets -C shop plan shop         what would happen to each column
  anon-assets -C shop run shop          extract, scan, anonymize, check, publish

Exit codes: 0 done, 1 findings, failed checks or a failure, 2 wrong usage.
"""


class Lazy(click.Group):
    """A group whose commands are the files of ``cli/commands``, imported when first asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """File names, sorted."""
        folder = importlib.import_module("anon_assets.cli.commands")
        return sorted(module.name for module in pkgutil.iter_modules(folder.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The object ``command`` of that file."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"anon_assets.cli.commands.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Name the nearest command when the given one does not exist."""
        from anon_assets.findings import near

        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise UsageError(ctx.command_path, f"no command {args[0]!r}", near(args[0], self.list_commands(ctx)))
        return super().resolve_command(ctx, args)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXAMPLES)
@click.option(
    "-C", "--project", type=click.Path(file_okay=False, path_type=Path), default=Path(), envvar="ANON_PROJECT",
    help="Folder with policies/, checks/ and resources/. [default: here; env ANON_PROJECT]",
)  # fmt: skip
@click.option(
    "--profile",
    default="local",
    envvar="ANON_PROFILE",
    help="File under resources/. [default: local; env ANON_PROFILE]",
)
@click.option("--debug", is_flag=True, help="Show tracebacks; they may name code lines, never values.")
@click.version_option(__version__, prog_name="anon-assets")
@click.pass_context
def group(context: click.Context, project: Path, profile: str, debug: bool) -> None:
    """Turn a production database into an anonymized copy, proven before it is published."""
    context.obj = {"root": project.resolve(), "profile": profile, "debug": debug}


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit. Errors are one line on stderr, without a traceback unless ``--debug`` is given."""
    given = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # an output that knows no Unicode is no reason to fail
    try:
        code = group.main(args=given, standalone_mode=False, prog_name="anon-assets")
    except AnonError as error:
        code = _told(error, given)
    except click.exceptions.Abort:
        code = _told("stopped", given, 130)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = 2
    except click.ClickException as error:
        code = _told(_usage(error), given)
    except OSError as error:
        code = _told(_refused(error), given)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 a library's message may quote a value; polars panics are no Exception
        code = _told(AnonError("anon_assets", f"{type(error).__name__} inside", "--debug shows where"), given)
    sys.exit(code if isinstance(code, int) else 0)


def _usage(error: click.ClickException) -> UsageError:
    """Click's message as one of ours: where, what, hint."""
    context = getattr(error, "ctx", None)
    where = context.command_path if context is not None else "anon-assets"
    what, _, hint = error.format_message().partition(" Did you mean ")
    hint = f"did you mean {hint}" if hint else f"see `{where} --help`"
    return UsageError(where, re.sub(r"^[A-Z](?=[a-z])", lambda first: first[0].lower(), what), hint)


def _refused(error: OSError) -> StoreError:
    """What the system refused, with the path that it names (a path, never content)."""
    hints = {
        errno.ENOSPC: "free some space there", errno.EROFS: "its file system is mounted read-only",
        errno.EACCES: "give this user access to it", errno.ENOTDIR: "a file stands where a folder is needed",
        errno.EEXIST: "a file stands where a folder is needed",
    }  # fmt: skip
    where = error.filename if isinstance(error.filename, str) else "anon_assets"
    reason = error.strerror if isinstance(error.filename, str) and error.strerror else type(error).__name__
    return StoreError(
        where, f"cannot be read or written ({reason})", hints.get(error.errno or 0, "--debug shows where")
    )


def _told(message: AnonError | str, given: list[str], code: int = 1) -> int:
    click.echo(f"error: {message}", err=True)
    if "--debug" in given:
        import traceback

        _, _, trace = sys.exc_info()
        click.echo("".join(traceback.format_tb(trace)), err=True)  # places only: an exception's text may quote data
    return message.exit_code if isinstance(message, AnonError) else code
