"""`leadline users`: people who sign in."""

import secrets
import sys
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from leadline.accounts.permissions import RoleName
from leadline.cli import sign_ins
from leadline.cli.fitting import print_rows
from leadline.cli.session import Json, console, migrate, print_json, start_django
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError, TerminalError

if TYPE_CHECKING:
    from leadline.accounts.models import User

users = typer.Typer(help="People who sign in.", no_args_is_help=True)
PASSWORD_BYTES = 12
HEADINGS = ("E-mail", "Name", "Role", "Sees", "May sign in", "Last sign-in")


class LeadsSeen(StrEnum):
    """Which leads somebody of sales sees."""

    ALL = "all"
    OWN = "own"


Sees = typer.Option(None, "--sees", help="Sales: all leads, or their own ones only.")


def register(app: typer.Typer) -> None:
    """Add the group."""
    sign_ins.register(users)
    app.add_typer(users, name="users")


@users.callback()
def _group() -> None:
    """People who sign in."""


@users.command()
def create(
    email: str = typer.Argument(help="The e-mail address to sign in with."),
    role: RoleName = typer.Option(RoleName.SALES, help="What they are here for."),
    name: str = typer.Option("", help="What pages call them."),
    sees: LeadsSeen = Sees,
    password_stdin: bool = typer.Option(False, "--password-stdin", help="Read the password from standard input."),
    as_json: bool = Json,
) -> None:
    """Make an account. Its password is asked for; where there is no terminal one is made up and shown this once."""
    start_django()
    migrate()
    password, made_up = _password(password_stdin)
    _create(email, password, role, name, sees or LeadsSeen.ALL)
    if as_json:
        print_json({"email": email, "role": role.value, "password": password if made_up else None})
        return
    console.print(f"{email} can sign in as {role.value}.")
    if made_up:
        console.print(f"Password, shown this once:\n\n  {password}\n", highlight=False)


@users.command(name="list")
def list_users(as_json: bool = Json) -> None:
    """List who may sign in, with their role."""
    start_django()
    migrate()
    from leadline.accounts.models import User

    found = list(User.objects.order_by("email"))
    if as_json:
        print_json([_told(user) for user in found])
        return
    print_rows(HEADINGS, [_row(user) for user in found])


@users.command()
def change(
    email: str = typer.Argument(help="Whose account."),
    role: RoleName = typer.Option(None, help="What they are here for from now on."),
    name: str = typer.Option(None, help="What pages call them."),
    sees: LeadsSeen = Sees,
    active: bool = typer.Option(None, "--active/--inactive", help="Whether they may sign in, and their tokens work."),
    as_json: bool = Json,
) -> None:
    """Change a role, a name, which leads somebody sees, or whether they may sign in; from their next request on."""
    start_django()
    migrate()
    from leadline.accounts import administration

    user = _found(email)
    administration.change(user, administration.Change(role, name, sees, active), utc_now())
    if as_json:
        print_json(_told(user))
        return
    console.print(f"{user.email}: {user.role}, {_sees(user)}, {'may' if user.is_active else 'may not'} sign in.")


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
    from leadline.accounts.security_mail import tell

    user = _found(email)
    _check(email, new)
    user.set_password(new)
    user.save(update_fields=["password"])
    tell(user, "password_given", utc_now())


def _found(email: str) -> "User":
    """
    Raises:
        NotFoundError: there is no such user.
    """
    from leadline.accounts.models import User

    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise NotFoundError(f"{email} has no account.", advice=f"Make one: leadline users create {email}")
    return user


def _row(user: "User") -> list[str]:
    last = f"{user.last_login:%Y-%m-%d}" if user.last_login else "-"
    return [user.email, user.name, user.role, _sees(user), "yes" if user.is_active else "no", last]


def _told(user: "User") -> dict[str, object]:
    return {
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "sees": user.leads_seen,
        "active": user.is_active,
        "last_login": user.last_login,
    }


def _sees(user: "User") -> str:
    """Which leads, in words."""
    return "own leads" if user.sees_own_only else "all leads" if user.sees_everybody else "no names"


def _password(from_stdin: bool) -> tuple[str, bool]:
    """The password, and whether it was made up here."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if not sys.stdin.isatty():
        return secrets.token_urlsafe(PASSWORD_BYTES), True
    typed = typer.prompt("Password (empty: make one up)", default="", hide_input=True, show_default=False)
    return (str(typed), False) if typed else (secrets.token_urlsafe(PASSWORD_BYTES), True)


def _create(email: str, password: str, role: RoleName, name: str, sees: LeadsSeen) -> None:
    from leadline.accounts.administration import check_address
    from leadline.accounts.models import User

    check_address(email)
    _check(email, password)
    User.objects.create_user(email, password, role=role.value, name=name, leads_seen=sees.value)


def _check(email: str, password: str) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    try:
        validate_email(email)
        validate_password(password)
    except ValidationError as error:
        raise TerminalError(" ".join(error.messages)) from error
