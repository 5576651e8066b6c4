"""What analytics holds about people: only colleagues' own boards and views. Reports are made of numbers."""

from urllib.parse import parse_qsl

from django.db.models import QuerySet

from leadline.analytics.models import (
    Alert,
    AlertFiring,
    Annotation,
    Board,
    ChannelRule,
    ExchangeRate,
    Pin,
    ReportRun,
    SavedView,
    ScheduledReport,
    ShareLink,
    Spend,
)
from leadline.privacy.kinds import Subject, Whose, not_personal
from leadline.privacy.rows import Rows, register_rows
from leadline.tracking.kept_messages import NameSearch


def _views_that_name(subject: Subject) -> "QuerySet[SavedView]":
    """Views of lists that somebody made by searching for the person."""
    search = NameSearch.of(subject)
    rows = SavedView.objects.exclude(query=None).only("pk", "name", "query")
    found = [row.pk for row in rows if search.finds([row.name, *_values(row.query)])] if search.whole else []
    return SavedView.objects.filter(pk__in=found)


def _values(query: str) -> list[str]:
    return [value for _, value in parse_qsl(query)]


register_rows(
    "analytics.searches",
    Rows(SavedView, _views_that_name, "saved search", ("owner",)),
    title="Saved searches for a person",
    holds="Views of a list that somebody saved and whose filter names the person.",
    purpose="To find people again.",
    basis="legitimate interest (GDPR art. 6(1)(f))",
)
register_rows(
    "analytics.boards",
    Rows(SavedView, lambda subject: SavedView.objects.filter(owner__in=subject.users), "view"),
    Rows(Board, lambda subject: Board.objects.filter(owner__in=subject.users, shared=False), "board"),
    title="Boards and views of colleagues",
    holds="Which reports and lists somebody who works with Leadline keeps for themselves.",
    purpose="To find them again.",
    basis="legitimate interest of the employer (GDPR art. 6(1)(f), art. 88)",
    whose=Whose.USERS,
)
not_personal("questions to reports, about segments of people", Pin._meta.label, ShareLink._meta.label)
not_personal(
    "figures about many people, and colleagues' business addresses they are mailed to",
    *(model._meta.label for model in (Alert, AlertFiring, ScheduledReport, ReportRun)),
)
not_personal("what happened on a day, for everybody", Annotation._meta.label)
not_personal("channels and money", *(model._meta.label for model in (ChannelRule, Spend, ExchangeRate)))
