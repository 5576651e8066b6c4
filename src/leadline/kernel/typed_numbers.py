"""Whole numbers as they stand in addresses and forms, where anybody may have written anything."""

HIGHEST = 2**63 - 1
"""What the record store takes."""


def number_of(text: str, highest: int = HIGHEST) -> int | None:
    """The number that these digits are; None for anything else, and beyond the highest.

    Python itself refuses to read more than 4,300 digits, with an error that nobody expects of digits.
    """
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(highest)):
        return None
    return number if (number := int(text)) <= highest else None
