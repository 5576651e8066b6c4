"""One lead's page. What can be said on it is in lead_words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from leadline.accounts.permissions import Permission
from leadline.kernel.clock import utc_now
from leadline.pipeline.consents import consents_of
from leadline.pipeline.identities import names_of
from leadline.tracking.set_aside import is_scored
from leadline.web.consent_words import shown_purposes, shown_statements
from leadline.web.lead_head import lead_head, words_said
from leadline.web.queries.lead import Person, find_person, stage_history, why
from leadline.web.queries.lead_crm import lead_links
from leadline.web.queries.lead_story import KINDS, company_of, first_page
from leadline.web.viewer import IDENTITIES, LEADS, may_sell, only_for, pages_of, viewer_of

MERGED_SHOWN = 20


@require_safe
@only_for(LEADS)
def lead_page(request: HttpRequest, number: int) -> HttpResponse:
    """Why now and what next, every point of the score, what happened, and the stages it went through."""
    person = find_person(number)
    if person.lead.pk != number:
        return redirect("leads_one", person.lead.pk, permanent=False)
    context = lead_head(request, person) | {
        "is_noise": not is_scored(person.lead),
        "why": why(person, utc_now()),
        "happened": first_page(person),
        "kinds": KINDS,
        "company": company_of(person),
        "transitions": stage_history(person),
        "said": words_said(person),
        "links": lead_links(person.lead.pk) if person.lead.known else [],
        "may_send": viewer_of(request).may(Permission.SET_CRM),
        **_consent(request, person),
        **_identities(request, person),
    }
    return render(request, "web/lead/page.html", context)


def _consent(request: HttpRequest, person: Person) -> dict[str, object]:
    """What they allow, the proof of it, and whether whoever looks may write down more."""
    told = consents_of(person.lead)
    may_say = may_sell(viewer_of(request))
    return {"purposes": shown_purposes(told), "statements": shown_statements(told), "may_say_consent": may_say}


def _identities(request: HttpRequest, person: Person) -> dict[str, object]:
    """Whose names these are concerns sales and administrators; only the latter change it."""
    if not may_sell(viewer_of(request)):
        return {}
    merged = person.lead.merged.order_by("pk").values_list("pk", flat=True)
    return {
        "names": names_of(person.lead),
        "merged_from": list(merged[:MERGED_SHOWN]),
        "may_merge": IDENTITIES in pages_of(viewer_of(request)),
    }
