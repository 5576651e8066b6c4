"""Addresses of calls name nobody: they are kept in histories and in the logs of proxies, where no eraser reaches.

A person's number stands there, or a user id that is none of their e-mail addresses or telephone numbers; whom a program
looks for stands in a body, and so do segments by the name of a company, which may be a sole trader's, or of an owner.
"""

from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from leadline.kernel.errors import TerminalError
from leadline.tracking.scrub import ADDRESS, TELEPHONE_INSIDE
from leadline.web.naming_segments import text_names_somebody

LeadName = Annotated[
    str,
    Field(
        description="A lead's number or a user id. What looks like an e-mail address or a telephone number is refused, "
        "a user id too: POST /api/v1/leads/search finds the number."
    ),
]
"""The `lead` in the path of a call."""
WHOM = frozenset({"named", "email", "user_id", "q"})
"""By what bodies ask for somebody; left unread in a query it would answer with anybody."""
SEGMENT = "segment"


class PersonInAddressError(TerminalError):
    """The address of a call names somebody."""

    code = "person_in_address"


def refuse_people(request: HttpRequest) -> None:
    """Take no call whose address names somebody, or may. Nothing repeats it.

    Raises:
        PersonInAddressError: it does.
    """
    match = request.resolver_match
    parts = [*map(str, match.kwargs.values())] if match else []
    asked = [(name, text) for name, texts in request.GET.lists() for text in texts]
    if any(map(_names_somebody, parts)) or any(_asks_for_somebody(name, text) for name, text in asked):
        raise PersonInAddressError(
            "The address of this call may name somebody, and addresses are kept in logs.",
            advice="Find people with POST /api/v1/leads/search and companies with POST /api/v1/accounts/search, and "
            "use the numbers that they answer. Ask reports and exports by the name of a company or an owner with POST.",
        )


def _asks_for_somebody(name: str, text: str) -> bool:
    return name in WHOM or (name == SEGMENT and text_names_somebody(text)) or _names_somebody(f"{name} {text}")


def _names_somebody(text: str) -> bool:
    return bool(ADDRESS.search(text) or TELEPHONE_INSIDE.search(text))
