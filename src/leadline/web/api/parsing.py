"""JSON that programs send, read as text that can be kept."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

HALF = b"\\ud"
"""How JSON escapes half of a character."""


class WholeCharacters(Parser):
    """Ninja's parser; what has halves of characters, which no store takes, is no JSON to it."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's values. Raises ValueError, which Ninja answers with 400."""
        body = request.body
        found = json.loads(body)
        if HALF in body.lower():
            json.dumps(found, ensure_ascii=False).encode()  # UnicodeEncodeError is a ValueError
        return found
