"""The fields of a mapping document: where each value comes from, who owns it, and the field made for it in the CRM."""

from collections.abc import Iterator, Mapping

from msgspec import UNSET

from leadline.crm.local_fields import FIELDS, LocalField, local_field
from leadline.crm.mapping_entries import FieldEntry
from leadline.crm.mapping_terms import FieldRule, Owner, StatusMeaning, StatusWord
from leadline.crm.mapping_transforms import natural_type, outputs, transforms_of
from leadline.crm.records import FieldType, RemoteField
from leadline.crm.template_text import TemplateError, read_template
from leadline.crm.value_sources import STATUS, Constant, Join, Source, StatusWords, ValueSource
from leadline.crm.value_texts import sound, text_of
from leadline.scoring.faults import fault, unknown
from leadline.scoring.reading import Reading

Statuses = Mapping[str, StatusMeaning]
Words = Mapping[tuple[str, str], str]
ONE_SOURCE = "Give one of from, template, join, constant."
DATES = (FieldType.DATE, FieldType.MOMENT)


def read_fields(given: Mapping[str, FieldEntry], statuses: Statuses, reading: Reading) -> dict[str, FieldRule]:
    """The rules by the CRM's field; one with a fault is noted and left out."""
    rules: dict[str, FieldRule] = {}
    for name, entry in given.items():
        if entry.from_ == STATUS and not statuses and reading.names(STATUS):
            continue  # they have faults of their own
        with reading.entry():
            rules[name] = _rule(name, entry, statuses)
    return rules


def _rule(name: str, entry: FieldEntry, statuses: Statuses) -> FieldRule:
    at = f"fields.{name}"
    _check(name, entry, at)
    local = _known(entry.from_, f"{at}.from") if entry.from_ else None
    meanings = statuses if entry.from_ == STATUS and not entry.values else {}
    words = _words(meanings)
    if local and entry.date and local.type not in DATES:
        raise fault(f"{at}.date", f"{local.name} is no moment.", _moments())
    type_ = natural_type(entry, local)
    choices = tuple(dict.fromkeys(words.values())) if meanings else outputs(entry, local)
    return FieldRule(
        name=name,
        source=_status(words, at) if entry.from_ == STATUS and not entry.values else _source(entry, at),
        type=type_,
        transforms=tuple(transforms_of(entry, at)),
        owner=entry.owner or (Owner.NEWEST if meanings else Owner.OURS),
        order=_order(entry, words, at),
        made=_made(name, entry, type_, _labelled(entry, local, choices)) if entry.label else None,
        meanings=meanings,
        choices=choices,
        length=entry.truncate or 0,
        may_go_back=bool(entry.regress),
    )


def _check(name: str, entry: FieldEntry, at: str) -> None:
    """One source, and nothing that has no effect: that is a mistake."""
    if not name or name != name.strip():
        raise fault(at, "a field's name has no blanks around it and is not empty.")
    given = list(_sources(entry))
    if len(given) != 1:
        raise fault(at, f"{' and '.join(given)} are given." if given else "nothing says what it gets.", ONE_SOURCE)
    idle = {
        "with": (entry.with_ is not None and entry.join is None, "join"),
        "otherwise": (entry.otherwise is not UNSET and not entry.values, "values"),
        "zone": (entry.zone and not entry.date, "date"),
        "regress": (entry.regress and entry.order is None, "order"),
        "choices": (entry.choices and not (entry.label and entry.type is FieldType.CHOICE), "type: choice and label"),
    }
    for key, (is_idle, partner) in idle.items():
        if is_idle:
            raise fault(f"{at}.{key}", f"it means nothing without {partner}.")


def _sources(entry: FieldEntry) -> Iterator[str]:
    sources = {"from": entry.from_, "template": entry.template}
    yield from (name for name, value in sources.items() if value)
    yield from (name for name in ("join", "constant") if getattr(entry, name) is not None)


def _source(entry: FieldEntry, at: str) -> ValueSource:
    if entry.join is not None:
        names = tuple(_known(name, f"{at}.join[{place}]").name for place, name in enumerate(entry.join))
        return Join(names, ", " if entry.with_ is None else entry.with_)
    if entry.template:
        return _template(entry.template, f"{at}.template")
    return Source(entry.from_) if entry.from_ else Constant(sound(entry.constant))


def _status(words: Words, at: str) -> ValueSource:
    if not words:
        advice = "Say under status what the CRM's words mean, or give values."
        raise fault(f"{at}.from", "no word of the CRM means anything here.", advice)
    return StatusWords(words)


def _template(text: str, at: str) -> ValueSource:
    try:
        template = read_template(text)
    except TemplateError as error:
        raise fault(at, str(error), error.advice) from None
    for name in template.names:
        _known(name, at)
    if not template.names:
        raise fault(at, "it names no local field.", "Use constant for what is the same for every lead.")
    return template


def _known(name: str, at: str) -> LocalField:
    found = local_field(name)
    if found is None:
        raise unknown(at, "local field", name, FIELDS)
    return found


def _moments() -> str:
    names = (name for name, each in FIELDS.items() if each.type in DATES)
    return f"Use one of: {', '.join(names)}, conversions.<name>."


def _words(statuses: Statuses) -> dict[tuple[str, str], str]:
    """(what was said, the reason) -> the CRM's word: the first that means it. A rejection for whatever reason takes
    the first word for one."""
    words: dict[tuple[str, str], str] = {}
    for word, meaning in statuses.items():
        if meaning.word is not StatusWord.NONE:
            words.setdefault((meaning.word.value, meaning.reason), word)
            words.setdefault((meaning.word.value, ""), word)
    return words


def _order(entry: FieldEntry, words: Words, at: str) -> tuple[str, ...]:
    """As it stands in the CRM: what `values` or a status says of each, else as it is written."""
    if entry.order is None or entry.regress:
        return ()
    rows = {text_of(key): text_of(sound(value)) for key, value in entry.values.items()}
    order = [words.get((each, "")) or rows.get(each) or each for each in entry.order]
    if len({each.casefold() for each in order}) < len(order):
        raise fault(f"{at}.order", "two of its steps are the same in the CRM.", "Name each step once.")
    return tuple(order)


def _labelled(entry: FieldEntry, local: LocalField | None, choices: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    if entry.choices:
        return tuple(entry.choices.items())
    labels = dict(local.choices) if local else {}
    return tuple((value, labels.get(value, value)) for value in choices)


def _made(name: str, entry: FieldEntry, type_: FieldType, choices: tuple[tuple[str, str], ...]) -> RemoteField:
    if type_ is not FieldType.CHOICE:
        choices = ()
    elif not choices:
        raise fault(f"fields.{name}.type", "a choice must know what can be chosen.", "Give choices.")
    return RemoteField(name, entry.label, type_, choices, length=entry.truncate or 0, ours=True)
