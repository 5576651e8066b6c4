"""What a mapping's rules say, in words: for the editor, and for what changed between two documents. Pure."""

from collections.abc import Iterator

from leadline.crm.mapping_terms import EventsRule, FieldRule, Owner, StatusMeaning, StatusWord
from leadline.crm.transforms import Cast, DateFormat, Default, NumberFormat, Transform, Truncate, ValueTable
from leadline.crm.value_sources import Constant, Join, StatusWords, Template, ValueSource
from leadline.crm.value_texts import text_of

OWNERS = {
    Owner.OURS: "Leadline's value stands",
    Owner.THEIRS: "written once, then the CRM's value stands",
    Owner.NEWEST: "the newer value stands",
}


def rule_words(rule: FieldRule) -> str:
    """What a field gets: "yearly_value, times 2, rounded to 0 decimals"."""
    return ", ".join([source_words(rule.source), *filter(None, map(transform_words, rule.transforms))])


def source_words(source: ValueSource) -> str:
    """Where a value comes from: a local field's name, or a template as the document has it."""
    if isinstance(source, Constant):
        return f"always “{text_of(source.constant)}”"
    if isinstance(source, Template):
        return f"“{source.text}”"
    if isinstance(source, StatusWords):
        return "status in the CRM's words"
    return " and ".join(source.names) if isinstance(source, Join) else source.name


def transform_words(transform: Transform) -> str:
    """What is done to a value."""
    match transform:
        case ValueTable():
            return _table_words(transform)
        case NumberFormat():
            return _number_words(transform)
        case DateFormat():
            zone = "" if str(transform.zone) == "UTC" else f" in {transform.zone}"
            return f"written as {transform.form}{zone}"
        case Truncate():
            return f"cut to {transform.length} characters"
        case Cast():
            return f"as {transform.type.value.replace('_', ' ')}"
        case Default():
            return f"“{text_of(transform.default)}” when empty"
    return ""


def meaning_words(meaning: StatusMeaning) -> str:
    """What a status of the CRM means here."""
    if meaning.word is StatusWord.NONE:
        return "nothing"
    return f"rejected ({meaning.reason})" if meaning.reason else meaning.word.value


def events_words(rule: EventsRule) -> str:
    """Which conversions the CRM is told of."""
    if rule.names is None:
        return "all conversions"
    return ", ".join(sorted(rule.names)) or "no conversions"


def made_words(rule: FieldRule) -> str:
    """What is made in the CRM for a field; empty when it is the CRM's own."""
    if rule.made is None:
        return ""
    return f"made there as “{rule.made.label}”, {rule.made.type.value.replace('_', ' ')}"


def order_words(rule: FieldRule) -> str:
    """How far a field may go, from low to high."""
    return " → ".join(rule.order)


def _table_words(table: ValueTable) -> str:
    rows = [f"{key} → {text_of(value) or 'nothing'}" for key, value in table.rows.items()]
    rest = [] if table.keep else [f"else {text_of(table.otherwise) or 'nothing'}"]
    return f"({'; '.join([*rows, *rest])})"


def _number_words(number: NumberFormat) -> str:
    return ", ".join(_number_parts(number))


def _number_parts(number: NumberFormat) -> Iterator[str]:
    if number.scale != 1:
        yield f"times {text_of(number.scale)}"
    if number.places is not None:
        yield f"rounded to {number.places} decimals"
