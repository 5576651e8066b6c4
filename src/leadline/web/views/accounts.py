"""Companies: the list and one of them; and leads by grade and fit."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from leadline.qualification.models import AccountStanding
from leadline.web.keyset import COUNT_CAP
from leadline.web.queries.accounts import AccountFilter, find_company, list_accounts
from leadline.web.queries.matrix import matrix
from leadline.web.viewer import ACCOUNTS, LEADS, only_for


@require_safe
@only_for(ACCOUNTS)
def accounts_page(request: HttpRequest) -> HttpResponse:
    """The list; to htmx only its results."""
    wanted = AccountFilter.from_query(request.GET)
    found = list_accounts(wanted)
    context = {
        "filter": wanted,
        "list": found,
        "next": wanted.page(found.next_cursor).query if found.next_cursor else "",
        "first": wanted.page("").query,
        "cap": COUNT_CAP,
        "any": bool(found.rows) or AccountStanding.objects.exists(),
    }
    template = "web/accounts/results.html" if request.headers.get("HX-Request") else "web/accounts/page.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@only_for(ACCOUNTS)
def account_page(request: HttpRequest, number: int) -> HttpResponse:
    """One company: its people with their parts of its total."""
    return render(request, "web/accounts/one.html", {"company": find_company(number)})


@require_safe
@only_for(LEADS)
def matrix_page(request: HttpRequest) -> HttpResponse:
    """How many leads of each grade and fit, and what to do about them."""
    return render(request, "web/leads/matrix.html", {"matrix": matrix()})
