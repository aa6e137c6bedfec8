"""``anon-assets``: the product for those who want no orchestrator on the screen."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path
from typing import Any

import click

from anon_assets import __version__
from anon_assets.errors import AnonError

__all__ = ["Lazy", "main"]


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
            ctx.fail(f"no command {args[0]!r}. {near(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C", "--project", type=click.Path(file_okay=False, path_type=Path), default=Path(), envvar="ANON_PROJECT",
    help="Folder with policies/, checks/ and resources/. [default: here; env ANON_PROJECT]",
)  # fmt: skip
@click.option("--profile", default="local", envvar="ANON_PROFILE", help="File under resources/. [default: local]")
@click.option("--debug", is_flag=True, help="Show tracebacks; they may name code lines, never values.")
@click.version_option(__version__, prog_name="anon-assets")
@click.pass_context
def group(context: click.Context, project: Path, profile: str, debug: bool) -> None:
    r"""Turn a production database into an anonymized copy, proven before it is published.

    \b
    anon-assets demo                                    the whole pipeline on a sample database
    anon-assets init shop --database URL --target URL   a project for your own database
    anon-assets plan shop                               what would be done to each column, or every error
    anon-assets run shop                                extract, scan, anonymize, validate, publish

    Exit codes: 0 done, 1 findings, failed checks or a failure, 2 wrong usage.
    """
    context.obj = {"root": project.resolve(), "profile": profile, "debug": debug}


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit. Errors are one line on stderr, without a traceback unless ``--debug`` is given."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        code = group.main(args=given, standalone_mode=False, prog_name="anon-assets")
    except AnonError as error:
        code = _told(str(error), error.exit_code, given)
    except click.exceptions.Abort:
        code = _told("stopped", 130, [])
    except click.ClickException as error:
        error.show()
        code = 2
    except BrokenPipeError:
        code = 0
    except Exception as error:  # noqa: BLE001 a library's message may quote a value
        code = _told(f"{type(error).__name__} inside anon_assets; --debug shows where", 1, given)
    sys.exit(code if isinstance(code, int) else 0)


def _told(message: str, code: int, given: list[str]) -> int:
    click.echo(f"error: {message}", err=True)
    if "--debug" in given:
        import traceback

        _, _, trace = sys.exc_info()
        click.echo("".join(traceback.format_tb(trace)), err=True)  # places only: an exception's text may quote data
    return code
