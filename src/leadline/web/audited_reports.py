"""Reports in the audit trail: those that show people are readings of people."""

from django.http import HttpRequest

from leadline.accounts.audit_notes import note
from leadline.accounts.audit_verbs import PEOPLE_LISTED
from leadline.analytics.report import Report


def note_people(request: HttpRequest, report: Report | None) -> None:
    """Have it recorded when a report that is shown names people."""
    people = sum(len(table.rows) for table in report.tables if table.personal) if report else 0
    if people:
        note(request, PEOPLE_LISTED, rows=people)
