"""What a report is asked, as addresses have it: a segment that may name somebody is sealed there."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect

from leadline.analytics.parameters import SEGMENT, ZONE
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.web.asked import query
from leadline.web.naming_segments import text_in_address
from leadline.web.report_filter import given_of


def report_query(asked: Mapping[str, str]) -> str:
    """The query of an address, without what is empty. `given_of` reads it."""
    return query({name: text_in_address(text) if name == SEGMENT.name else text for name, text in asked.items()})


def to_asked(request: HttpRequest, kind: ReportKind) -> HttpResponseRedirect:
    """From filters that were sent as a form to the address of the same page that says them."""
    asked = report_query(chosen(kind, given_of(kind, request.POST)))
    return HttpResponseRedirect(request.path + (f"?{asked}" if asked else ""))


def chosen(kind: ReportKind, wanted: Mapping[str, str]) -> dict[str, str]:
    """What differs from what is shown unasked."""
    unasked = {parameter.name: parameter.default for parameter in kind.all_parameters} | {
        ZONE.name: settings.REPORTING_ZONE
    }
    return {name: text for name, text in wanted.items() if text != unasked.get(name, "")}
