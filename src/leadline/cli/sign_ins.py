"""`leadline users sign-out` and `forget-factors`: for a lost telephone, and for somebody who leaves."""

from typing import TYPE_CHECKING

import typer

from leadline.cli.session import Json, console, migrate, print_json, start_django
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError
from leadline.kernel.figures import counted

if TYPE_CHECKING:
    from leadline.accounts.models import User


def register(users: typer.Typer) -> None:
    """Add the commands to the group `users`."""
    users.command(name="sign-out")(sign_out)
    users.command(name="forget-factors")(forget_factors)


def sign_out(email: str = typer.Argument(help="Whom."), as_json: bool = Json) -> None:
    """Sign somebody out everywhere. Their tokens go on working; see: leadline tokens revoke."""
    user = _found(email)
    from leadline.accounts.sessions import end_sessions

    ended = end_sessions(user)
    if as_json:
        print_json({"email": user.email, "signed_out": ended})
        return
    console.print(f"{user.email} is signed out in {counted(ended, 'browser')}.")


def forget_factors(email: str = typer.Argument(help="Whose."), as_json: bool = Json) -> None:
    """Take away the authenticator app, passkeys and recovery codes of somebody who lost them, and sign them out."""
    user = _found(email)
    from leadline.accounts.second_factor import forget_second_factors
    from leadline.accounts.security_mail import tell
    from leadline.accounts.sessions import end_sessions

    gone, ended = forget_second_factors(user), end_sessions(user)
    tell(user, "factors_forgotten", utc_now())
    if as_json:
        print_json({"email": user.email, "forgotten": gone, "signed_out": ended})
        return
    console.print(f"{user.email} signs in with the password alone. Add a second factor soon: /you")


def _found(email: str) -> "User":
    start_django()
    migrate()
    from leadline.accounts.models import User

    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise NotFoundError(f"{email} has no account.", advice="See: leadline users list")
    return user
