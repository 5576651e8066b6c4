"""Halves of characters in JSON are refused; whole ones that are written in two halves are not."""

import json

import pytest
from django.test import RequestFactory

from leadline.web.api.parsing import WholeCharacters


def parsed(body: str) -> object:
    return WholeCharacters().parse_body(RequestFactory().post("/", body, content_type="application/json"))


@pytest.mark.parametrize("body", ['{"a": "\\ud800"}', '{"\\uDC00": 1}', '["x", ["\\ud83d x"]]'])
def test_half_a_character_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match="surrogates"):
        parsed(body)


@pytest.mark.parametrize("value", ["\U0001f4a3", "plain", "\\ud8 as text"])
def test_others_are_read(value: str) -> None:
    assert parsed(json.dumps({"a": value})) == {"a": value}
