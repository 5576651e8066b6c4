"""One word about many leads: first the count is named and what the word needs is asked, then it is said of each."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from leadline.accounts.audit_notes import note
from leadline.accounts.models import User
from leadline.analytics.segments import parse_segment
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError, TerminalError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline import bulk_jobs, jobs, runtime
from leadline.pipeline.bulk import MOST, BulkOutcome, assign_many, say_of_many
from leadline.pipeline.sales import end_of
from leadline.qualification.sales import Speaker
from leadline.qualification.sales_words import SalesWord, Word
from leadline.scoring.service import number_in_force
from leadline.web.lead_filter import LeadFilter
from leadline.web.naming_segments import in_address
from leadline.web.queries.leads import leads_that_fit, seen_of
from leadline.web.sales_rules import rejections_of
from leadline.web.viewer import LEADS, SELLING_ROLES, may_sell, only_for, viewer_of

ACTS = {
    "assign": ("Give", "to"),
    "accept": ("Accept", ""),
    "reject": ("Reject", ""),
    "snooze": ("Snooze", ""),
    "export": ("Export", ""),
}
SPANS = (("1d", "a day"), ("3d", "3 days"), ("1w", "a week"), ("4w", "4 weeks"))


@dataclass(frozen=True)
class Chosen:
    """Whom the word is about."""

    act: str
    leads: list[int]
    everybody: bool
    filter: LeadFilter

    @property
    def too_many(self) -> bool:
        """Whether it is more than can be done."""
        return len(self.leads) > bulk_jobs.MOST

    @property
    def takes_long(self) -> bool:
        """Whether it is more than somebody waits for."""
        return len(self.leads) > MOST


@require_POST
@only_for(LEADS)
def bulk(request: HttpRequest) -> HttpResponse:
    """Ask; with `confirmed`, do it and tell what became of it."""
    chosen = _chosen(request)
    note(request, rows=len(chosen.leads), done=int("confirmed" in request.POST))
    if chosen.act == "export":
        return _export(chosen)
    if not may_sell(viewer_of(request)):
        raise PermissionDenied
    if "confirmed" not in request.POST or chosen.too_many or not chosen.leads:
        return _ask(request, chosen)
    try:
        if chosen.takes_long:
            return redirect("leads_bulk_job", number=_begin(request, chosen))
        outcome = _carry_out(request, chosen)
    except LeadlineError as error:
        return _ask(request, chosen, str(error))
    return render(request, "web/leads/bulk_done.html", _context(chosen) | {"outcome": outcome})


def _chosen(request: HttpRequest) -> Chosen:
    act = request.POST.get("act", "")
    if act not in ACTS:
        raise BadRequest("There is no such thing to do with leads.")
    wanted = LeadFilter.from_query(QueryDict(request.POST.get("query", "").lstrip("?"))).page("")
    numbers = seen_of(_numbers(request.POST.getlist("lead"))[: MOST + 1])
    everybody = request.POST.get("all") == "yes"
    leads = leads_that_fit(wanted, utc_now(), bulk_jobs.MOST + 1) if everybody and act != "export" else numbers
    return Chosen(act, leads, everybody, wanted)


def _numbers(texts: list[str]) -> list[int]:
    return [number for text in texts if (number := number_of(text)) is not None]


def _export(chosen: Chosen) -> HttpResponse:
    query = QueryDict(mutable=True)
    query["segment"] = in_address(parse_segment(_segment(chosen)))
    return redirect(f"{reverse('exports_one', args=['leads', 'csv'])}?{query.urlencode()}")


def _segment(chosen: Chosen) -> str:
    """Whom a file is about, exactly: a search can't be told by a segment, so its people are named one by one."""
    if chosen.everybody and not chosen.filter.search:
        return chosen.filter.export_segment
    leads = leads_that_fit(chosen.filter, utc_now(), MOST + 1) if chosen.everybody else chosen.leads
    if len(leads) > MOST:
        raise BadRequest(f"The search finds more than {MOST} leads. Narrow it, or export without a search.")
    if not leads:
        raise BadRequest("Nobody is selected.")
    return "lead=" + "|".join(map(str, leads))


def _ask(request: HttpRequest, chosen: Chosen, fault: str = "") -> HttpResponse:
    context = _context(chosen) | {
        "fault": fault,
        "most": bulk_jobs.MOST,
        "spans": SPANS,
        "rejections": rejections_of(number_in_force()),
        "owners": User.objects.filter(role__in=SELLING_ROLES, is_active=True).order_by("name", "email"),
    }
    return render(request, "web/leads/bulk.html", context, status=422 if fault else 200)


def _context(chosen: Chosen) -> dict[str, object]:
    return {"chosen": chosen, "count": min(len(chosen.leads), bulk_jobs.MOST), "verb": ACTS[chosen.act][0]}


def _carry_out(request: HttpRequest, chosen: Chosen) -> BulkOutcome:
    engine, viewer, said = runtime.running().engine, viewer_of(request), _said(request, chosen)
    who = Speaker(str(viewer), "page", viewer)
    if chosen.act == "assign":
        return assign_many(engine, chosen.leads, said.owner, who)
    word = SalesWord(Word(chosen.act), utc_now(), reason=said.reason, until=said.until)
    return say_of_many(engine, chosen.leads, word, who)


def _begin(request: HttpRequest, chosen: Chosen) -> int:
    """A job's number."""
    said, viewer = _said(request, chosen), viewer_of(request)
    asked = bulk_jobs.arguments(
        chosen.act, chosen.leads, viewer, owner=said.owner, reason=said.reason, until=said.until
    )
    return jobs.start(bulk_jobs.BULK, asked, str(viewer)).pk


@dataclass(frozen=True)
class Said:
    """What the word needs besides."""

    owner: User | None = None
    reason: str = ""
    until: datetime | None = None


def _said(request: HttpRequest, chosen: Chosen) -> Said:
    posted = request.POST
    if chosen.act == "assign":
        return Said(owner=_owner(posted.get("owner", "")))
    if chosen.act == "snooze":
        return Said(until=end_of(posted.get("until", ""), utc_now()))
    if chosen.act == "reject" and not posted.get("reason"):
        raise TerminalError("A rejection needs a reason.", advice="Choose one.")
    return Said(reason=posted.get("reason", "")) if chosen.act == "reject" else Said()


def _owner(number: str) -> User | None:
    owner = User.objects.filter(pk=number_of(number) or 0, is_active=True).first()
    if number and owner is None:
        raise BadRequest("There is no such user.")
    return owner
