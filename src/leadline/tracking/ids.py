"""Ids that are no ids: values that many clients send for people they do not know.

Merging on one of them would join everybody into one person. The list is Segment's and PostHog's
(research/tracking.md, section 2).
"""

import re

BLOCKED_ANY_CASE = frozenset(
    "anonymous guest distinctid distinct_id id not_authenticated email undefined true false null none nan nil unknown "
    "user userid user_id anonymousid anonymous_id".split()
)
BLOCKED = frozenset({"[object Object]", "NaN", "None", "none", "null", "0", "-1"})
ZEROS = re.compile(r"[0-]*")
MAX_LENGTH = 512


def usable_id(value: object) -> str | None:
    """The id as text, or None when it names nobody: blank, a placeholder, zeros, or quoted versions of these."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip()
    bare = text.strip("\"'` ")
    if ZEROS.fullmatch(bare) or bare in BLOCKED or bare.lower() in BLOCKED_ANY_CASE:
        return None
    return text[:MAX_LENGTH]
