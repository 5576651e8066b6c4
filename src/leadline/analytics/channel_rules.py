"""Channel rules as they are kept: rows in order; without any, the bundled ones hold."""

import hashlib
import json

from django.db import transaction

from leadline.analytics.bundled_channels import BUNDLED
from leadline.analytics.channel_document import read_rules_document, rules_document
from leadline.analytics.channels import ChannelRules
from leadline.analytics.models import ChannelRule


def read_rules(own: tuple[str, ...] = ()) -> ChannelRules:
    """The rules that hold, with the platform's own domains."""
    rows = list(ChannelRule.objects.values("channel", "conditions"))
    return read_rules_document(rows, own) if rows else ChannelRules(BUNDLED, own=own)


def are_bundled() -> bool:
    """Whether nobody wrote others."""
    return not ChannelRule.objects.exists()


@transaction.atomic
def replace_rules(document: object) -> ChannelRules:
    """Keep these rules in place of those that held. An empty list goes back to the bundled ones.

    Raises:
        DocumentError: something in it can't be read; nothing is changed.
    """
    rules = ChannelRules(BUNDLED) if document == [] else read_rules_document(document)
    ChannelRule.objects.all().delete()
    if document != []:
        entries = rules_document(rules)
        ChannelRule.objects.bulk_create(ChannelRule(position=place, **entry) for place, entry in enumerate(entries))
    return rules


def rules_digest(own: tuple[str, ...] = ()) -> str:
    """Equal digests, equal rules: for what is made with them."""
    text = json.dumps([rules_document(read_rules(own)), own])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
