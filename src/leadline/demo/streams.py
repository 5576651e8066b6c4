"""Streams of chance: each a function of what it is named after, so that any life can be told again alone."""

from random import Random


def stream(*name: object) -> Random:
    """A generator that starts the same for the same name; Random seeds itself from text the same way everywhere."""
    return Random(":".join(map(str, name)))  # noqa: S311 - believable people, not secrets
