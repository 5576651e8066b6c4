"""Companies: the list and one of them; and leads by grade and fit."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from leadline.qualification.account_wishes import SORTS
from leadline.qualification.countries import country_name
from leadline.qualification.models import AccountStanding
from leadline.web.account_filter import QUALIFIED, AccountFilter, further_controls
from leadline.web.keyset import COUNT_CAP
from leadline.web.queries.accounts import find_company, list_accounts, offered
from leadline.web.queries.matrix import bands, matrix
from leadline.web.viewer import ACCOUNTS, LEADS, only_for


@require_safe
@only_for(ACCOUNTS)
def accounts_page(request: HttpRequest) -> HttpResponse:
    """The list; to htmx only its results."""
    wanted = AccountFilter.from_query(request.GET)
    is_part = bool(request.headers.get("HX-Request"))
    context = _results(wanted)
    if not is_part and context["any"]:
        context |= {"grades": bands().grades, "sorts": SORTS, "qualified": QUALIFIED}
    response = render(request, "web/accounts/results.html" if is_part else "web/accounts/page.html", context)
    if is_part:
        response["HX-Push-Url"] = reverse("accounts") + wanted.query
    patch_vary_headers(response, ["HX-Request"])
    return response


def _results(wanted: AccountFilter) -> dict[str, object]:
    found = list_accounts(wanted)
    return {
        "filter": wanted,
        "list": found,
        "next": wanted.page(found.next_cursor).query if found.next_cursor else "",
        "first": wanted.page("").query,
        "cap": COUNT_CAP,
        "any": bool(found.rows) or AccountStanding.objects.exists(),
    }


@require_POST
@only_for(ACCOUNTS)
def find_accounts(request: HttpRequest) -> HttpResponse:
    """Where the list's form is sent: to the address that says the same, with what is searched for sealed."""
    return redirect(reverse("accounts") + AccountFilter.from_query(request.POST).page("").query)


@require_POST
@only_for(ACCOUNTS)
def more_account_filters(request: HttpRequest) -> HttpResponse:
    """The controls that few need: asked for when they are opened, since what they offer must be looked up."""
    wanted = AccountFilter.from_query(request.POST)
    countries = dict.fromkeys(country_name(each) for each in offered("country"))
    groups = further_controls(wanted, {"industry": offered("industry"), "country": list(countries)})
    context = {"groups": groups, "kept": wanted.beyond_groups, "found": reverse("accounts_found")}
    return render(request, "web/leads/more.html", context)


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
