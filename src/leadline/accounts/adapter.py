"""How allauth behaves here: nobody signs up by themselves, and mails about changes say little."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from leadline.accounts.models import User
from leadline.accounts.security_mail import tell
from leadline.accounts.sessions import signed_in_lately
from leadline.kernel.clock import utc_now

MISMATCH = "E-mail address or password is wrong."
WRONG = "The password is wrong."
NOT_THEIRS = "That is not your password now."


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """An administrator makes accounts; the sign-up page stays closed."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": MISMATCH,
        "incorrect_password": WRONG,
        "enter_current_password": NOT_THEIRS,
        "too_many_login_attempts": "Too many attempts failed. Wait some minutes and try again. Nothing is locked.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth's signature
        """Never."""
        return False

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Whoever has just signed in is not asked again: so people who come by single sign-on alone get on too."""
        asked: bool = super().is_reauthentication_required(app=app, **more)
        return asked and not signed_in_lately(self.request.session, utc_now())

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002  # as above
        """What wrong passwords are counted by: the account alone.

        allauth puts the host in front, whose port is the Host header's: whoever guesses chooses it, and with each
        another count begins. Capitals first: there are letters that only become the same so.
        """
        return str(credentials.get("email") or credentials.get("username") or "").strip().upper()

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,  # noqa: ARG002  # allauth's signature
        email: str | None = None,  # noqa: ARG002  # the address is the account's
    ) -> None:
        """Tell a change in our words, and without the address and browser that allauth would name."""
        tell(user, template_prefix.rpartition("/")[2], utc_now())
