"""Steps as people read them."""

import pytest

from leadline.analytics.steps import parse_step
from leadline.analytics.written import step_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Tool Used", "Tool Used"),
        ("Tool Used{tool=quiz,completed!=true|}", "Tool Used, tool quiz, completed not true or empty"),
        ("Page", "Page"),
        ("Page /blog/*", "Page /blog/*"),
        ("conversion:quote_requested", "Quote requested"),
        ("stage:initial_engagement", "Stage Initial engagement"),
        ("any", "Anything"),
    ],
)
def test_a_step_is_written_in_words(text: str, words: str) -> None:
    assert step_words(parse_step(text)) == words
