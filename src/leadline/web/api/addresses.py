"""Addresses of calls name nobody: they are kept in histories and in the logs of proxies, where no eraser reaches.

A person's number stands there, or a user id that is none of their e-mail addresses or telephone numbers; whom a program
looks for stands in a body.
"""

from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from leadline.kernel.errors import TerminalError
from leadline.tracking.scrub import ADDRESS, TELEPHONE_INSIDE

LeadName = Annotated[
    str,
    Field(
        description="A lead's number or a user id. What looks like an e-mail address or a telephone number is refused, "
        "a user id too: POST /api/v1/leads/search finds the number."
    ),
]
"""The `lead` in the path of a call."""


class PersonInAddressError(TerminalError):
    """The address of a call names somebody."""

    code = "person_in_address"


def refuse_people(request: HttpRequest) -> None:
    """Take no call whose address holds what looks like an e-mail address or a telephone number. Nothing repeats it.

    Raises:
        PersonInAddressError: it does.
    """
    match = request.resolver_match
    parts = [*map(str, match.kwargs.values())] if match else []
    asked = [text for name, texts in request.GET.lists() for text in (name, *texts)]
    if any(map(_names_somebody, (*parts, *asked))):
        raise PersonInAddressError(
            "The address of this call holds what looks like an e-mail address or a telephone number, and addresses are "
            "kept in logs.",
            advice="Ask for a person with POST /api/v1/leads/search, and use the lead's number that it answers.",
        )


def _names_somebody(text: str) -> bool:
    return bool(ADDRESS.search(text) or TELEPHONE_INSIDE.search(text))
