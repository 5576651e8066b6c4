"""What one ruleset decides otherwise than another, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from leadline.scoring.ruleset import Ruleset
from leadline.scoring.ruleset_parts import Part, Shown, parts_of


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `path` is that of the field in the document."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return {"path": self.path, "sentence": self.sentence}


NEW: Mapping[str, str] = {
    "factor": "New factor {title} of {within}, with weight {weight}",
    "grade": "New: {title} begins at {from}",
    "square": "New: {title} is “{words}”",
}
"""By the kind of part; "New <kind> ..." without one here."""

CHANGED: Mapping[tuple[str, str], str] = {
    ("ruleset", "name"): "The ruleset is called {after} instead of {before}",
    ("metric", "kind"): "{title} is of kind {after} instead of {before}",
    ("metric", "available_at"): "{title} may be known from when events were {after}, not {before}",
    ("dimension", "weight"): "{title} counts {after} instead of {before} of the total",
    ("factor", "weight"): "{title} counts {after} instead of {before} of {within}",
    ("factor", "full_at"): "{title} is full at {after} instead of {before}",
    ("factor", "label"): "{before} is called {after}",
    ("grade", "from"): "{title} begins at {after} instead of {before}",
    ("lowest grade", "otherwise"): "The lowest grade is {after} instead of {before}",
    ("penalty", "points"): "{title} takes {after} points instead of {before}",
    ("penalty", "dimension"): "{title} takes points from {after} instead of {before}",
    ("conversion", "event"): "{title} is the event “{after}” instead of “{before}”",
    ("stage", "enter"): "{title} is entered with {after} instead of {before}",
    ("stage", "stay"): "{title} is kept with {after} instead of {before}",
    ("stage", "enter_total"): "{title} is entered with a total of {after} instead of {before}",
    ("stage", "for_hours"): "{title} asks for its total for {after} hours instead of {before}",
    ("stage", "stay_total"): "{title} is left below a total of {after} instead of {before}",
    ("stage", "trigger_days"): "A trigger counts for {title} for {after} days instead of {before}",
    ("stage", "dwell_days"): "{title} is not left before {after} days instead of {before}",
    ("recycling", "after_silent_days"): "Silence recycles after {after} days instead of {before}",
    ("fit", "otherwise"): "The lowest fit is {after} instead of {before}",
    ("accounts", "people"): "A company's score takes {after} people instead of {before}",
    (
        "accounts",
        "further_share",
    ): "A company's score takes a share of {after} of each further person instead of {before}",
    ("contact", "trigger"): "After a trigger somebody calls within {after} working minutes instead of {before}",
    ("contact", "other"): "Without a trigger somebody calls within {after} working minutes instead of {before}",
    ("contact", "opens"): "Working hours begin at {after} instead of {before}",
    ("contact", "closes"): "Working hours end at {after} instead of {before}",
    ("contact", "zone"): "Working hours are those of {after} instead of {before}",
    ("rejection", "to"): "{title} leads to {after} instead of {before}",
    ("square", "words"): "{title} is “{after}” instead of “{before}”",
    ("example", "history"): "{title} is told of another person",
}
FIELD: Mapping[str, str] = {
    "metric": "{title} is measured by {after} instead of {before}",
    "across": "{title} takes the {after} of its days instead of the {before}",
    "window_days": "{title} looks back {after} days instead of {before}",
    "half_life_days": "{title} halves in {after} days instead of {before}",
    "daily_cap": "One day counts for {after} of {title} at most instead of {before}",
    "at_least": "{title} begins at {after} instead of {before}",
}
"""Of whatever part; "<title>: <field> is ... instead of ..." without one here."""

ADDED: Mapping[str, tuple[str, str]] = {
    "events": ("{title} also reads the event {each}", "{title} no longer reads the event {each}"),
    "where": ("{title} now asks that {each}", "{title} no longer asks that {each}"),
    "trigger_where": ("{title} triggers only when {each}", "{title} triggers whether or not {each}"),
    "unless": ("{title} is also cancelled by {each}", "{title} is no longer cancelled by {each}"),
    "triggers": ("{title} also triggers {each}", "{title} no longer triggers {each}"),
    "traits": ("{title} also looks at the trait {each}", "{title} no longer looks at the trait {each}"),
    "values": ("{title} also counts the value {each}", "{title} no longer counts the value {each}"),
    "because_of": ("{title} is a consequence of {each}", "{title} is no consequence of {each} any more"),
    "needs": ("{title} also needs: {each}", "{title} no longer needs: {each}"),
    "stages": ("Silence also recycles from {each}", "Silence no longer recycles from {each}"),
    "days": ("{each} is a working day", "{each} is no working day any more"),
    "expect": ("{title} now expects {each}", "{title} no longer expects {each}"),
}
"""Of lists: what is said of something new in one, and of something gone."""
LISTED = ("{title}: {field} also has {each}", "{title}: {field} no longer has {each}")


def differences(before: Ruleset, after: Ruleset) -> list[Difference]:
    """What `after` decides or says otherwise, part by part in the order of a document. Their numbers do not count."""
    old, new = parts_of(before), parts_of(after)
    gone = [Difference(path, f"{old[path].title} is gone") for path in old if path not in new]
    return [*(each for path in new for each in _of_part(path, old.get(path), new[path])), *gone]


def _of_part(path: str, before: Part | None, after: Part) -> Iterator[Difference]:
    if before is None:
        yield Difference(path, _new(after))
        return
    for field, value in after.fields.items():
        if value != before.fields[field]:
            for sentence in _changed(after, field, before.fields[field], value):
                yield Difference(f"{path}.{field}".lstrip("."), sentence)


def _new(part: Part) -> str:
    template = NEW.get(part.kind)
    if template is None:
        return f"New: {part.title}"
    return template.format(title=part.title, within=part.within, **part.fields)


def _changed(part: Part, field: str, before: Shown, after: Shown) -> Iterator[str]:
    if isinstance(before, frozenset) and isinstance(after, frozenset):
        added, removed = ADDED.get(field, LISTED)
        yield from (added.format(title=part.title, field=field, each=each) for each in sorted(after - before))
        yield from (removed.format(title=part.title, field=field, each=each) for each in sorted(before - after))
        return
    template = CHANGED.get((part.kind, field)) or FIELD.get(field) or "{title}: {field} is {after} instead of {before}"
    told = {"before": before or "none", "after": after or "none"}
    yield template.format(title=part.title, within=part.within, field=field.replace("_", " "), **told)
