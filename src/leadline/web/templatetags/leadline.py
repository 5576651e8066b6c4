"""Tags and filters: time, stages, money and points in the words of the pages."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from leadline.eventstore.sessions import StoredSession
from leadline.kernel import figures
from leadline.pipeline.previews import Sketch
from leadline.qualification.countries import country_name
from leadline.qualification.models import SalesAction
from leadline.qualification.sla import ContactDue
from leadline.web import moments, words
from leadline.web.naming_segments import text_in_address
from leadline.web.next_step import DueWords
from leadline.web.next_step import due_words as words_of_due

register = template.Library()


@register.simple_tag(takes_context=True)
def when(context: dict[str, Any], moment: datetime | None) -> str | SafeString:
    """A moment, relative up to a week, with the exact time on hover; nothing without one."""
    return _time(context, moment, moments.ago) if moment else ""


@register.simple_tag(takes_context=True)
def when_on_timeline(context: dict[str, Any], moment: datetime) -> SafeString:
    """A moment as a timeline's margin shows it."""
    return _time(context, moment, moments.on_timeline)


@register.simple_tag(takes_context=True)
def when_exactly(context: dict[str, Any], moment: datetime) -> SafeString:
    """A moment to the second, as a log shows it."""
    return _time(context, moment, moments.clock)


@register.simple_tag(takes_context=True)
def due_words(context: dict[str, Any], due: ContactDue) -> DueWords:
    """A due date in words and its tone."""
    return words_of_due(due, context["now"], context["zone"])


@register.simple_tag(takes_context=True)
def exact_time(context: dict[str, Any], moment: datetime) -> str:
    """The exact time in the viewer's zone."""
    return moments.exact(moment, context["zone"])


@register.filter
def in_address(segment: str) -> str:
    """A segment as it stands in an address."""
    return text_in_address(segment)


@register.filter
def visit_words(visit: StoredSession) -> str:
    """A session in a line."""
    return words.visit_words(visit)


@register.filter
def stage_name(stage: str) -> str:
    """A stage as people say it."""
    return words.stage_name(stage)


@register.filter
def at(found: Mapping[str, object] | str, key: str) -> object:
    """What a mapping has under a key; nothing without a mapping."""
    return found.get(key) if isinstance(found, Mapping) else None


@register.filter
def said_as(word: SalesAction) -> str:
    """What somebody from sales said, in words."""
    return words.said_as(word.kind, word.reason, word.stage, word.until)


@register.filter
def by_words(by: str) -> str:
    """Who did something."""
    return words.by_words(by)


@register.filter
def via_words(via: str) -> str:
    """By which way sales said something."""
    return words.via_words(via)


@register.filter
def reference_words(reference: str) -> str:
    """A ruleset as runs name it."""
    return words.reference_words(reference)


@register.filter
def iso_day(day: str) -> str:
    """A day as pages write it: "9 Aug 2026"."""
    return f"{date.fromisoformat(day):%-d %b %Y}"


@register.filter
def path_breaks(path: str) -> SafeString:
    """A dotted path that may go on in the next line after a dot."""
    return format_html_join(SafeString(".<wbr>"), "{}", ((part,) for part in path.split(".")))


@register.filter
def country(text: str) -> str:
    """A country's English name."""
    return country_name(text)


@register.filter
def working_span(minutes: int) -> str:
    """A length of working time."""
    return f"{minutes} min" if minutes < 60 else f"{minutes / 60:.1f} h"  # minutes of an hour


@register.filter
def fact(facts: Mapping[str, Any], name: str) -> Any:
    """One of the facts of a row in a list."""
    return facts.get(name)


@register.filter
def change(micro: int) -> str:
    """A change in points with its sign."""
    return words.change_points(micro)


@register.filter
def whole(micro: int) -> int:
    """Whole points."""
    return words.whole_points(micro)


@register.filter
def tenths(micro: int) -> str:
    """A change in points with a tenth and its sign: "+9.4"."""
    return f"{micro / 1_000_000:+.1f}".replace("-", words.MINUS)


@register.filter
def six(micro: int) -> str:
    """Points with all their six decimals."""
    return f"{micro / 1_000_000:.6f}"


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """An amount in its currency."""
    return words.money(amount, currency)


@register.filter
def seats(count: int | None) -> str:
    """ "4 seats"; nothing when unknown."""
    return "" if count is None else words.counted(count, "seat")


@register.filter
def people(count: int, cap: int) -> str:
    """ "7 people", "10,000+ people"."""
    return f"{words.capped(count, cap)} {'person' if count == 1 else 'people'}"


@register.filter
def grouped(number: int) -> str:
    """A whole number with separators."""
    return figures.grouped(number)


@register.filter
def capped(count: int, cap: int) -> str:
    """A count that was not taken beyond a cap."""
    return words.capped(count, cap)


@register.filter
def lag(seconds: float) -> str:
    """ "0 s", "1.4 s", "3 min"."""
    return f"{seconds:.1f} s".replace(".0 ", " ") if seconds < 60 else f"{seconds / 60:.0f} min"


@register.filter
def gigabytes(count: int) -> str:
    """Bytes as gigabytes; a collector that has not looked yet says so with a number below zero."""
    return f"{count / (1 << 30):,.1f} GB" if count >= 0 else "not known yet"


@register.filter
def sketch_name(person: Sketch) -> str:
    """What somebody in a preview is called."""
    return words.person_name(person.card, person.lead, person.known)


@register.filter
def in_words(code: str) -> str:
    """An error code as words: "unknown_event" -> "Unknown event"."""
    return code.replace("_", " ").replace("-", " ").capitalize()


def _time(context: dict[str, Any], moment: datetime, say: Any) -> SafeString:
    zone = context["zone"]
    machine, hover = moment.isoformat(timespec="seconds"), moments.exact(moment, zone)
    text = say(moment, context["now"], zone)
    return format_html('<time datetime="{}" title="{}">{}</time>', machine, hover, text)
