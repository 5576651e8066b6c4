"""What the head of a lead's page needs: who it is, what next, and what sales can say."""

from django.http import HttpRequest

from leadline.accounts.models import User
from leadline.kernel.clock import utc_now
from leadline.qualification.models import SalesAction, Standing
from leadline.qualification.stages import Stage
from leadline.web.next_step import next_step
from leadline.web.queries.lead import Person
from leadline.web.sales_rules import rejection_label, rejections_of
from leadline.web.viewer import SELLING_ROLES, may_sell, viewer_of, zone_of

WORDS_SHOWN = 20


def lead_head(request: HttpRequest, person: Person) -> dict[str, object]:
    """The context of web/lead/head.html."""
    may_act = may_sell(viewer_of(request)) and person.can_be_sold_to
    head: dict[str, object] = {
        "person": person,
        "next_step": next_step(person.situation, utc_now(), zone_of(request)),
        "may_act": may_act,
    }
    return head | _choices(person.standing) if may_act and person.standing else head


def words_said(person: Person) -> list[SalesAction]:
    """What sales said about a lead, the latest first; their notes are sealed, and masked as its name is."""
    said = SalesAction.objects.filter(lead=person.lead).select_related("user").order_by("-at", "-pk")
    return list(said[:WORDS_SHOWN])


def _choices(standing: Standing) -> dict[str, object]:
    now = utc_now()
    return {
        "is_snoozed": standing.snoozed_until is not None and standing.snoozed_until > now,
        "rejection": rejection_label(standing),
        "rejections": rejections_of(standing.ruleset),
        "stages": [stage.value for stage in Stage],
        "owners": list(User.objects.filter(role__in=SELLING_ROLES, is_active=True).order_by("name", "email")),
    }
