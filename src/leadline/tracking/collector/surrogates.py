"""Half characters: what JavaScript writes when a program cuts a text inside an emoji.

JSON.stringify gives such a half as an escape, d83d behind a backslash and u. It is no character, and strict readers
refuse the whole body for it. One cut text must not cost a batch: the half becomes U+FFFD, as browsers show it.
"""

import re

ESCAPED_BACKSLASH = rb"\\"
STAND_IN = b"\xff"  # never in UTF-8
_lone = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)


def may_hold_halves(body: bytes) -> bool:
    """Whether a body has escapes of surrogates at all; false for almost every one."""
    return STAND_IN not in body and (rb"\ud" in body or rb"\uD" in body)


def without_halves(body: bytes) -> bytes:
    """JSON with U+FFFD for each unpaired surrogate. Only for bodies of which `may_hold_halves` is true."""
    # An escaped backslash before a u is no escape of a character: out of the way with it for the while.
    return _lone.sub(rb"\\ufffd", body.replace(ESCAPED_BACKSLASH, STAND_IN)).replace(STAND_IN, ESCAPED_BACKSLASH)
