"""What a connection needs to know, from options, files, the environment, or whoever sits there. A secret is never
taken from the command line itself: it would stay in the shell's history and in the list of processes."""

import os
import sys
from pathlib import Path
from typing import Any

import typer

from leadline.kernel.errors import TerminalError

ENVIRONMENT = "env:"


def given_settings(kind: dict[str, Any], options: list[str], *, asking: bool) -> dict[str, str]:
    """{setting: value} from NAME=VALUE.

    Args:
        asking: ask for what is required and missing, where somebody sits.

    Raises:
        TerminalError: an option is not NAME=VALUE, or is a secret.
    """
    given = dict(_pair(option, "--set") for option in options)
    for each in kind["settings"]:
        if each["secret"] and each["name"] in given:
            raise _shown(each["name"])
        if asking and _asked(each, given) and not each["secret"]:
            given[each["name"]] = typer.prompt(_question(each), default=each["default"] or None)
    return given


def given_secrets(kind: dict[str, Any], options: list[str], *, asking: bool) -> dict[str, str]:
    """{secret: value} from NAME=@FILE and NAME=env:VARIABLE; what is required and missing is asked for without echo.

    Raises:
        TerminalError: one is written on the command line, or can't be read.
    """
    given = {name: _read(name, value) for name, value in (_pair(option, "--secret") for option in options)}
    for each in kind["settings"]:
        if asking and each["secret"] and _asked(each, given):
            given[each["name"]] = typer.prompt(_question(each), hide_input=True)
    return given


def _asked(each: dict[str, Any], given: dict[str, str]) -> bool:
    return each["required"] and each["name"] not in given and not each["default"] and sys.stdin.isatty()


def _question(each: dict[str, Any]) -> str:
    return f"{each['label']} ({each['advice']})" if each["advice"] else str(each["label"])


def _pair(option: str, flag: str) -> tuple[str, str]:
    name, separator, value = option.partition("=")
    if not separator or not name.strip():
        raise TerminalError(f"{flag} {name[:40]} has no value.", advice=f"Write {flag} NAME=...")
    return name.strip(), value


def _read(name: str, value: str) -> str:
    if value.startswith("@"):
        return _from_file(Path(value[1:]).expanduser())
    if value.startswith(ENVIRONMENT):
        variable = value.removeprefix(ENVIRONMENT)
        if not os.environ.get(variable):
            raise TerminalError(f"The environment has no {variable}.", advice=f"Set it, or use --secret {name}=@FILE.")
        return os.environ[variable].strip()
    raise _shown(name)


def _from_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TerminalError(f"{path} can't be read.", advice="Give a file that holds the secret alone.") from error


def _shown(name: str) -> TerminalError:
    return TerminalError(
        f"{name} is secret: on the command line it would stay in the shell's history.",
        advice=f"Use --secret {name}=@FILE or --secret {name}=env:VARIABLE, or leave it out to be asked.",
    )
