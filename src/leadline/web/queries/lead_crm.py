"""What each CRM has of a lead, in the words of the pages."""

from typing import Any

from leadline.crm.connectors import kinds
from leadline.crm.models import Connection
from leadline.pipeline import runtime
from leadline.pipeline.crm import commands
from leadline.web.crm_shown import with_moments

WORDS = {
    "sent": ("In the CRM", "good"),
    "waiting": ("Waiting", "warn"),
    "failed": ("Failed", "bad"),
    "left_out": ("Left out", "dashed"),
    "never": ("Not sent", "dashed"),
}


def lead_links(lead: int) -> list[dict[str, Any]]:
    """One entry for each connection; none where nothing is connected."""
    labels = _labels()
    if not labels:
        return []
    told = commands.crm_lead(runtime.running().engine, lead)
    return [_shown(each, labels.get(each["connection"], each["connection"])) for each in told]


def _shown(link: dict[str, Any], label: str) -> dict[str, Any]:
    word, tone = WORDS[link["state"]]
    return {**with_moments(link), "label": label, "word": word, "tone": tone}


def _labels() -> dict[str, str]:
    known = kinds()
    rows = Connection.objects.values_list("name", "kind")
    return {name: known[kind].label if kind in known else kind for name, kind in rows}
