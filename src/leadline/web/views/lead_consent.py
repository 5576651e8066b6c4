"""What a person allows, written down on their page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from leadline.kernel.errors import LeadlineError
from leadline.pipeline import runtime
from leadline.pipeline.consents import lead_consent
from leadline.web.lead_head import lead_head
from leadline.web.queries.lead import find_person
from leadline.web.viewer import LEADS, only_for, viewer_of

UNPROCESSABLE = 422


@require_POST
@only_for(LEADS)
def say_consent(request: HttpRequest, number: int) -> HttpResponse:
    """The whole page is another one afterwards: a score may have gone or come back."""
    person = find_person(number)
    posted = {name: request.POST.get(name, "") for name in ("purpose", "said", "because")}
    try:
        lead_consent(runtime.running().engine, str(person.lead.pk), by=str(viewer_of(request)), via="page", **posted)
    except LeadlineError as error:
        context = lead_head(request, person) | {"fault": str(error)}
        return render(request, "web/lead/refused.html", context, status=UNPROCESSABLE)
    return redirect("leads_one", person.lead.pk)
