"""The `leadline` command: one Typer application, one module for each group of commands."""

import os
import sys
from functools import cache

import typer
from typer.main import get_command

from leadline.kernel.errors import LeadlineError

app = typer.Typer(
    name="leadline",
    help="Turn what people do on your platform into qualified leads, with every point explained.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

EXIT_TERMINAL = 1
EXIT_TRANSIENT = 75  # EX_TEMPFAIL: trying again may help


def main() -> None:
    """Run a command. Errors we know are told in a line; the exit code says whether trying again can help."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadline.project.settings")
    _register()
    try:
        _run()
    except LeadlineError as error:
        _say(str(error))
        sys.exit(_code_of(error))
    except Exception as error:
        if type(error).__name__ != "OperationalError":  # Django's; importing it before a command asks for it costs time
            raise
        _say(f"The record store does not answer: {str(error).strip()}. Is LEADLINE_RECORDS right, and does it run?")
        sys.exit(EXIT_TRANSIENT)


def _run() -> None:
    """Run the command and have it recorded, however it ends."""
    from leadline.cli.auditing import record_ended

    command = get_command(app)
    try:
        command()
    except SystemExit as end:
        record_ended(command, sys.argv[1:], end.code if isinstance(end.code, int) else EXIT_TERMINAL)
        raise
    except LeadlineError as error:
        record_ended(command, sys.argv[1:], _code_of(error))
        raise


def _code_of(error: LeadlineError) -> int:
    return EXIT_TRANSIENT if error.transient else EXIT_TERMINAL


def _say(text: str) -> None:
    typer.secho(f"leadline: {text}", fg="red", err=True)


@cache
def _register() -> None:
    from leadline.cli import (
        accounts,
        alerts,
        analytics,
        audit,
        backups,
        channels,
        crm,
        demo,
        doctor,
        events,
        explaining,
        exports,
        identities,
        imports,
        keys,
        leads,
        money,
        notifications,
        plan,
        privacy,
        quarantine,
        reports,
        restoring,
        rules,
        scoring,
        serve,
        sources,
        status,
        team,
        tokens,
        traffic,
        users,
    )

    collecting = (serve, status, sources, keys, tokens, users, events, imports, plan, quarantine, traffic)
    for module in (
        *collecting,
        leads,
        accounts,
        team,
        identities,
        explaining,
        scoring,
        rules,
        analytics,
        channels,
        money,
        exports,
        alerts,
        notifications,
        reports,
        crm,
        privacy,
        audit,
        backups,
        restoring,
        demo,
        doctor,
    ):
        module.register(app)
