"""Where an event happened and what brought the person there, without anything personal."""

from collections.abc import Mapping

import msgspec

from leadline.tracking.scrub import clean_label, clean_path, host_of


class Place(msgspec.Struct, frozen=True, gc=False):
    """A page and a campaign. A struct and not a dataclass, since there is one for each event."""

    path: str | None = None
    referrer_domain: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None


NOWHERE = Place()


def place_of(context: Mapping[str, object], properties: Mapping[str, object]) -> Place:
    """The place of an event, from its context's page and campaign; without a page, from its properties."""
    page, campaign = context.get("page"), context.get("campaign")
    page = page if isinstance(page, dict) else properties
    if not page and not campaign:
        return NOWHERE
    path, referrer = clean_path(page.get("path") or page.get("url")), host_of(page.get("referrer"))
    if not campaign or not isinstance(campaign, dict):
        return Place(path, referrer)
    return Place(
        path,
        referrer,
        clean_label(campaign.get("source")),
        clean_label(campaign.get("medium")),
        clean_label(campaign.get("name")),
    )
