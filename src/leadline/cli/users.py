"""`leadline users`: people who sign in."""

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
    """Make an account. Its password is asked for; where there is no terminal its owner sets one by a link."""
    start_django()
    migrate()
    password = _password(password_stdin)
    user = _create(email, password, role, name, sees or LeadsSeen.ALL)
    link = _link(user) if password is None else None
    if as_json:
        print_json({"email": email, "role": role.value, "link": link})
        return
    console.print(f"{email} has an account as {role.value}.")
    _show(link)


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
    """Set a new password for somebody who forgot theirs, or make a link by which they set one."""
    start_django()
    migrate()
    if (new := _password(password_stdin)) is None:
        _show(_link(_found(email)))
        return
    _set_password(email, new)
    console.print(f"{email} has a new password.")


def _link(user: "User") -> str:
    """Where somebody sets a password of their own: nobody else ever knows it.

    Raises:
        TerminalError: they may not sign in.
    """
    if not user.is_active:
        advice = f"Let them: leadline users change {user.email} --active"
        raise TerminalError(f"{user.email} may not sign in.", advice=advice)
    from django.conf import settings
    from django.urls import reverse

    from leadline.accounts.invitations import invitation_key

    return f"{settings.PUBLIC_URL}{reverse('invitation', args=[user.pk, invitation_key(user)])}"


def _show(link: str | None) -> None:
    if link:
        console.print("A password is set by this link, shown this once. It is good once, for 3 days:\n")
        console.print(f"  {link}\n", highlight=False, soft_wrap=True)


def _set_password(email: str, new: str) -> None:
    from leadline.accounts.security_mail import tell

    user = _found(email)
    _check(new)
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


def _password(from_stdin: bool) -> str | None:
    """The password; None where nobody types one."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        return None
    typed = typer.prompt("Password (empty: a link to set one)", default="", hide_input=True, show_default=False)
    return str(typed) or None


def _create(email: str, password: str | None, role: RoleName, name: str, sees: LeadsSeen) -> "User":
    from leadline.accounts.administration import check_address
    from leadline.accounts.models import User

    check_address(email)
    if password is not None:
        _check(password)
    return User.objects.create_user(email, password, role=role.value, name=name, leads_seen=sees.value)


def _check(password: str) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    try:
        validate_password(password)
    except ValidationError as error:
        raise TerminalError(" ".join(error.messages)) from error
