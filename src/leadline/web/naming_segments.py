"""Segments that may name a person: by their company, which is a sole trader's own name at times, or by an owner."""

from leadline.analytics.segments import Segment, SegmentError, parse_segment
from leadline.web.sealed_search import sealed

NAMING = ("company", "owner")


def names_somebody(segment: Segment) -> bool:
    """Whether a condition compares with such a name; "owner=", nobody's, names none."""
    return any(value for name in NAMING for each in segment.of(name) for value in each.values)


def text_names_somebody(text: str) -> bool:
    """The same of a segment's text. What can't be read is nobody's name: whoever reads it says what is wrong."""
    try:
        return names_somebody(parse_segment(text))
    except SegmentError:
        return False


def in_address(segment: Segment) -> str:
    """A segment as it stands in the address of a page: sealed when it may name somebody. `opened` reads it."""
    return sealed(segment.text) if names_somebody(segment) else segment.text


def text_in_address(text: str) -> str:
    """The same of a segment's text, canonical or not; one that can't be read as it stands."""
    return sealed(text) if text_names_somebody(text) else text
