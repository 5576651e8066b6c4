"""`leadline users`: people who sign in."""

import secrets
import sys
from enum import StrEnum

import typer

from leadline.cli.session import Json, console, migrate, print_json, start_django
from leadline.kernel.errors import NotFoundError, TerminalError

users = typer.Typer(help="People who sign in.", no_args_is_help=True)
PASSWORD_BYTES = 12


class Role(StrEnum):
    """What somebody is here for; decides where they land."""

    ADMINISTRATOR = "administrator"
    MARKETING = "marketing"
    SALES = "sales"


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(users, name="users")


@users.callback()
def _group() -> None:
    """People who sign in."""


@users.command()
def create(
    email: str = typer.Argument(help="The e-mail address to sign in with."),
    role: Role = typer.Option(Role.SALES, help="What they are here for."),
    name: str = typer.Option("", help="What pages call them."),
    password_stdin: bool = typer.Option(False, "--password-stdin", help="Read the password from standard input."),
    as_json: bool = Json,
) -> None:
    """Make an account. Its password is asked for; where there is no terminal one is made up and shown this once."""
    start_django()
    migrate()
    password, made_up = _password(password_stdin)
    _create(email, password, role, name)
    if as_json:
        print_json({"email": email, "role": role.value, "password": password if made_up else None})
        return
    console.print(f"{email} can sign in as {role.value}.")
    if made_up:
        console.print(f"Password, shown this once:\n\n  {password}\n", highlight=False)


@users.command()
def password(
    email: str = typer.Argument(help="Whose password."),
    password_stdin: bool = typer.Option(False, "--password-stdin", help="Read the password from standard input."),
) -> None:
    """Set a new password for somebody who forgot theirs."""
    start_django()
    migrate()
    new, made_up = _password(password_stdin)
    _set_password(email, new)
    console.print(f"{email} has a new password.")
    if made_up:
        console.print(f"Password, shown this once:\n\n  {new}\n", highlight=False)


def _set_password(email: str, new: str) -> None:
    from leadline.accounts.models import User

    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise NotFoundError(f"{email} has no account.", advice=f"Make one: leadline users create {email}")
    _check(email, new)
    user.set_password(new)
    user.save(update_fields=["password"])


def _password(from_stdin: bool) -> tuple[str, bool]:
    """The password, and whether it was made up here."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if not sys.stdin.isatty():
        return secrets.token_urlsafe(PASSWORD_BYTES), True
    typed = typer.prompt("Password (empty: make one up)", default="", hide_input=True, show_default=False)
    return (str(typed), False) if typed else (secrets.token_urlsafe(PASSWORD_BYTES), True)


def _create(email: str, password: str, role: Role, name: str) -> None:
    from leadline.accounts.models import User

    _check(email, password)
    if User.objects.filter(email=email.lower()).exists():
        raise TerminalError(f"{email} has an account already.", advice="Choose another address.")
    User.objects.create_user(email, password, role=role.value, name=name)


def _check(email: str, password: str) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    try:
        validate_email(email)
        validate_password(password)
    except ValidationError as error:
        raise TerminalError(" ".join(error.messages)) from error
