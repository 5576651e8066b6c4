"""Segments that may name a person: by their company, which is a sole trader's own name at times, or by who owns it."""

from leadline.analytics.segments import Segment, SegmentError, parse_segment

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
