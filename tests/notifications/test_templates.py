"""Templates reach nothing that they are not given, and what strangers wrote stays text."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify_cast import Captured

from leadline.kernel.errors import DocumentError
from leadline.notifications.rules import Trigger
from leadline.notifications.templates import LONGEST_SUBJECT, Message, check_template, fill, tame
from leadline.notifications.wording import DEFAULTS, names_of, together

NAMES = ("name", "reason")
NASTY = "*Eve* <!channel> <b>x</b> [click](http://evil.test) @everyone _y_ `z` & ~s~"


@pytest.mark.parametrize(
    "text",
    [
        "{name.__class__}",
        "{name!r}",
        "{name:>99999999}",
        "{0}",
        "{}",
        "{unknown}",
        "{name",
        "name}",
        "{{name}",
        "x" * 2001,
    ],
)
def test_what_means_nothing_is_a_fault_when_it_is_saved(text: str) -> None:
    with pytest.raises(DocumentError):
        check_template(text, NAMES)


def test_known_names_and_doubled_braces_are_fine() -> None:
    assert check_template(" {name}: {{{reason}}} \r\n", NAMES) == "{name}: {{{reason}}}"
    assert fill("{name}: {{{reason}}}", {"name": "Amelia", "reason": "a quote"}).subject == "Amelia: {a quote}"


@given(st.text(alphabet="{}ab.!:[]n\n", max_size=40))
def test_whatever_is_accepted_fills_without_fail_and_leaves_no_name_open(text: str) -> None:
    try:
        checked = check_template(text, ("a", "b", "n"))
    except DocumentError:
        return
    filled = fill(checked, {"a": "1", "b": "2", "n": "3"})
    assert "\n" not in filled.subject


@given(st.text(max_size=400))
def test_a_value_is_one_line_of_printable_text_whatever_a_stranger_wrote(value: str) -> None:
    tamed = tame(value)
    assert tamed.isprintable() or tamed == ""
    assert len(tamed) <= 300
    assert "@everyone" not in tamed.lower()
    assert len(fill("{a}\n{a}", {"a": value}).subject) <= LONGEST_SUBJECT


def test_a_value_is_not_filled_in_again() -> None:
    assert fill("{name}", {"name": "{reason}", "reason": "secret"}).subject == "{reason}"


def test_a_line_whose_names_have_no_values_goes_and_an_empty_one_stays() -> None:
    assert fill("S\n{a}\n\nend", {"a": ""}) == Message("S", "end")
    assert fill("S\none\n\n{a}\nend", {"a": ""}) == Message("S", "one\n\nend")


@pytest.mark.parametrize("trigger", Trigger)
def test_the_usual_templates_use_known_names_only(trigger: Trigger) -> None:
    assert check_template(DEFAULTS[trigger], names_of(trigger)) == DEFAULTS[trigger]


def test_several_messages_are_one_with_how_many() -> None:
    one, two = Message("A", "a"), Message("B", "")
    assert together([one]) == one
    assert together([one, two]) == Message("2 messages from Leadline: A", "A\na\n\nB")


@pytest.mark.parametrize(
    ("address", "field", "wanted", "never"),
    [
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#c", "text", ["&lt;", "&amp;"], ["<!channel>", "<b>"]),
        ("tgram://123456789:alphanumeric_bot-token_0123456/12315544", "text", ["&lt;b&gt;"], ["<b>x", "<!channel>"]),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "content", [], ["@everyone", "<!channel>"]),
        ("workflows://h.logic.test/643/abcdefgh", "text", ["\\*Eve\\*", "\\[click"], ["[click](http"]),
    ],
)
def test_each_service_gets_it_escaped_as_it_needs(
    captured: Captured, address: str, field: str, wanted: list[str], never: list[str]
) -> None:
    message = fill("S\n{reason}\nhttp://localhost/leads/1", {"reason": NASTY})
    said = captured.texts(address, message, field)
    assert said, "nothing was handed over"
    text = "\n".join(said)
    assert [each for each in wanted if each not in text] == []
    assert [each for each in never if each in text] == []
    assert "http://localhost/leads/1" in html.unescape(text).replace("\\", "")
