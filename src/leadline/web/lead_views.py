"""Views of the list of leads under a name: those that come with Leadline, one's own, and those that others share."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict

from leadline.accounts.models import User
from leadline.analytics.models import SavedView
from leadline.analytics.segments import Operator, condition, parse_segment
from leadline.web.lead_filter import LeadFilter

PAGE = "leads"


@dataclass(frozen=True, slots=True)
class View:
    """One view. `number` is None for a bundled one; `theirs` is whose it is, when it is not the viewer's."""

    name: str
    query: str
    number: int | None = None
    theirs: str = ""
    may_remove: bool = False


def views_of(viewer: User) -> list[View]:
    """Every view that somebody has: bundled ones first, then their own and shared ones by name."""
    rows = SavedView.objects.filter(Q(owner=viewer) | Q(shared=True), page=PAGE).select_related("owner")
    return [*bundled(viewer), *(_view(row, viewer) for row in rows.order_by("name", "pk"))]


def bundled(viewer: User) -> list[View]:
    """What comes with Leadline."""
    mine = condition("owner", Operator.IS, [str(viewer)])
    return [
        View("All leads", ""),
        View("New this week", LeadFilter(parse_segment("known_at<7d"), sort="known").query),
        View("Going quiet", LeadFilter(parse_segment("total>=30,last_seen>14d")).query),
        View("Qualified and not contacted", LeadFilter(parse_segment("stage=qualified,contacted=no")).query),
        View("Mine", LeadFilter(parse_segment(mine.text), sort="last_seen").query),
    ]


def _view(row: SavedView, viewer: User) -> View:
    own = row.owner_id == viewer.pk
    may_remove = own or viewer.role == User.Role.ADMINISTRATOR
    query = LeadFilter.from_query(QueryDict((row.query or "").lstrip("?"))).query
    return View(row.name, query, row.pk, "" if own else str(row.owner or ""), may_remove)
