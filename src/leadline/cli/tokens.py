"""`leadline tokens`: what programs show to use the REST API."""

from datetime import datetime, timedelta

import typer

from leadline.cli.fitting import print_rows
from leadline.cli.session import Json, console, migrate, print_json, start_django
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError
from leadline.kernel.figures import counted

tokens = typer.Typer(help="Tokens of the REST API.", no_args_is_help=True)

HEADINGS = ("Name", "Acts as", "Scopes", "Ends in", "Made", "Last used", "Valid until", "Revoked")


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(tokens, name="tokens")


@tokens.command()
def create(
    email: str = typer.Argument(help="The user that the program acts as; their role says what it may do."),
    name: str = typer.Option(..., help="Which program it is for."),
    days: int = typer.Option(0, min=0, help="Valid for so many days; 0: until it is revoked."),
    scope: list[str] = typer.Option(None, help="Only this of what the user may, such as leads:read; again for more."),
    as_json: bool = Json,
) -> None:
    """Make a token. It is shown this once; only its hash is kept."""
    start_django()
    migrate()
    from leadline.accounts.models import User
    from leadline.accounts.tokens import create_token

    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise NotFoundError(f"{email} has no account.", advice=f"Make one: leadline users create {email}")
    expires = utc_now() + timedelta(days=days) if days else None
    token = create_token(user, name, expires, scope or ())
    if as_json:
        told = {"name": name, "user": user.email, "scopes": scope or [], "expires_at": expires, "token": token}
        print_json(told)
        return
    console.print(f"Token for {name}, acting as {user.email}, shown this once:\n\n  {token}\n")


@tokens.command(name="list")
def list_tokens(as_json: bool = Json) -> None:
    """List tokens by their last four characters."""
    start_django()
    migrate()
    from leadline.accounts.models import APIToken

    columns = ("name", "user__email", "scopes", "ending", "created_at", "last_used_at", "expires_at", "revoked_at")
    rows = list(APIToken.objects.order_by("pk").values(*columns))
    if as_json:
        print_json([{**row, "user": row.pop("user__email")} for row in rows])
        return
    if not rows:
        console.print("There is no token. Make one: leadline tokens create me@example.com --name reports")
        return
    told = list[list[str]]()
    for row in rows:
        days = (_day(row[key]) for key in ("created_at", "last_used_at", "expires_at", "revoked_at"))
        scopes = ", ".join(row["scopes"]) or "all of the role"
        told.append([row["name"], row["user__email"], scopes, f"…{row['ending']}", *days])
    print_rows(HEADINGS, told)


@tokens.command()
def revoke(ending: str = typer.Argument(help="The last four characters of the token."), as_json: bool = Json) -> None:
    """Revoke a token: its program gets 401 from now on."""
    start_django()
    migrate()
    from leadline.accounts.tokens import revoke_token

    count = revoke_token(ending, utc_now())
    if as_json:
        print_json({"ending": ending[-4:], "revoked": count})
        return
    console.print(f"Revoked {counted(count, 'token')}.")


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "-"
