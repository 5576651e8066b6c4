"""Ids that are no ids: values that many clients send for people they do not know.

Merging on one of them would join everybody into one person. The list is Segment's and PostHog's
(research/tracking.md, section 2), and what programs write for nothing: null, nil, nan. Any case is blocked, also of
the words that PostHog blocks in one case only: exports of databases shout NULL. Only Nan is left, which is a name.
"""

BLOCKED = frozenset(
    "anonymous guest distinctid distinct_id id not_authenticated email undefined true false null none nan nil unknown "
    "user userid user_id anonymousid anonymous_id -1".split()
) | {"[object object]"}
"""In any case, bare or in quotes."""
LONGEST_BLOCKED = max(map(len, BLOCKED))
NAMES = frozenset({"Nan"})
"""What looks like a placeholder in another case and is somebody's name."""
QUOTES = "\"'` \t\r\n"


def usable_id(value: object) -> str | None:
    """The id as text, or None when it names nobody: blank, a placeholder, zeros, or quoted versions of these.

    Whole numbers count as text; an id is never cut, since two long ones could become the same person."""
    if value is None:
        return None
    if isinstance(value, str):
        text = value.strip()
    elif isinstance(value, int) and not isinstance(value, bool):
        text = str(value)
    else:
        return None
    bare = text.strip(QUOTES)
    if not bare.strip("0-") or (len(bare) <= LONGEST_BLOCKED and bare not in NAMES and bare.lower() in BLOCKED):
        return None
    return text
