"""What each CRM knows about one lead: on the lead's page, and field by field on a page of its own."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.kernel.errors import LeadlineError, NotFoundError
from leadline.pipeline.crm import commands
from leadline.web.crm_shown import with_moments
from leadline.web.queries.lead import find_person
from leadline.web.queries.lead_crm import lead_links
from leadline.web.viewer import LEADS, check_may, only_for, viewer_of
from leadline.web.views.studio import UNPROCESSABLE, engine, owner_of


@require_safe
@only_for(LEADS)
def lead_crm_page(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """What one CRM knows about the person: each field as it was sent, and as it was last seen there."""
    return _page(request, number, name)


@require_POST
@only_for(LEADS)
def send_lead(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Send this lead to one CRM now."""
    check_may(request, Permission.SET_CRM)
    person = find_person(number)
    try:
        commands.crm_sync_lead(engine(), person.lead.pk, name, owner_of(request))
    except NotFoundError as error:
        raise Http404(error.message) from error
    except LeadlineError as error:
        return _page(request, number, name, str(error))
    return redirect("leads_crm", number=person.lead.pk, name=name)


def _page(request: HttpRequest, number: int, name: str, fault: str = "") -> HttpResponse:
    person = find_person(number)
    link = next((each for each in lead_links(person.lead.pk) if each["connection"] == name), None)
    if link is None:
        raise Http404(f"There is no connection {name!r}.")
    context = {"person": person, "link": link, "may_edit": viewer_of(request).may(Permission.SET_CRM), "fault": fault}
    if link["state"] != "never":
        context["fields"] = with_moments(commands.crm_lead_knows(engine(), person.lead.pk, name)["fields"])
    return render(request, "web/lead/crm_fields.html", context, status=UNPROCESSABLE if fault else 200)
