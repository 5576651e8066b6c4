"""Secrets cut out of what a vendor said, before anybody keeps it."""

from collections.abc import Iterable

SHORTEST = 4
"""A shorter secret would cut ordinary words to pieces."""
MASK = "[secret]"


def without(text: str, secrets: Iterable[object]) -> str:
    """The text with every secret masked, the longest first."""
    known = sorted({str(secret) for secret in secrets if len(str(secret)) >= SHORTEST}, key=len, reverse=True)
    for secret in known:
        text = text.replace(secret, MASK)
    return text
