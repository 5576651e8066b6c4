"""The event source that a connection's deals come from: its own, so that it is seen where revenue came from."""

from leadline.tracking.models import EventSource
from leadline.tracking.sources import NAME_LENGTH, publish_keyring

PREFIX = "crm-"


def source_name(connection: str) -> str:
    """What the event source of a connection is called."""
    return f"{PREFIX}{connection}"[:NAME_LENGTH]


def ensure_deal_source(connection: str) -> EventSource:
    """The event source of a connection, made when it is new. It has no write key: nobody else can send as it. What it
    says is never refused by a tracking plan that knows no deals."""
    source, made = EventSource.objects.get_or_create(
        name=source_name(connection), defaults={"mode": EventSource.Mode.ALLOW}
    )
    if made:
        publish_keyring()
    return source
