"""The form of a channel rule: from what was typed to a document's entry, and back. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leadline.analytics.channel_words import LABELS, VERBS
from leadline.analytics.channels import Test

EMPTY_WORD = "(empty)"
SPARE = 1
LEAST = 2
FIELDS = tuple(LABELS.items())
TESTS = tuple(
    (("not " if negated else "") + test.value, VERBS[test][int(negated)]) for test in Test for negated in (False, True)
)


@dataclass(frozen=True, slots=True)
class ConditionForm:
    """One condition as it is typed; without a field it is not there."""

    field: str = ""
    test: str = Test.IS.value
    values: str = ""


@dataclass(frozen=True, slots=True)
class RuleForm:
    """One rule as it is typed."""

    channel: str = ""
    conditions: tuple[ConditionForm, ...] = (ConditionForm(),) * LEAST

    @classmethod
    def posted(cls, channel: str, fields: Sequence[str], tests: Sequence[str], values: Sequence[str]) -> "RuleForm":
        """Of a request's lists."""
        rows = zip(fields, tests, values, strict=False)
        return cls(channel, tuple(ConditionForm(*row) for row in rows))

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "RuleForm":
        """Of a document's rule, with room for one more condition."""
        rows = [_form(each) for each in entry["conditions"]]
        room = max(SPARE, LEAST - len(rows))
        return cls(entry["channel"], (*rows, *[ConditionForm()] * room))

    def entry(self) -> dict[str, Any]:
        """As a document has it."""
        return {"channel": self.channel, "conditions": [_entry(each) for each in self.conditions if each.field]}


def _form(entry: Mapping[str, Any]) -> ConditionForm:
    test = next(each for each in Test if each.value in entry)
    negation = "not " if entry.get("not") else ""
    values = [] if test is Test.EMPTY else [value or EMPTY_WORD for value in entry[test.value]]
    return ConditionForm(entry["field"], negation + test.value, ", ".join(values))


def _entry(form: ConditionForm) -> dict[str, Any]:
    test = form.test.removeprefix("not ")
    negation = {"not": True} if form.test.startswith("not ") else {}
    return {"field": form.field, test: True if test == Test.EMPTY else _values(form.values), **negation}


def _values(text: str) -> list[str]:
    parts = [part.strip() for part in text.replace("\n", ",").split(",")]
    return ["" if part == EMPTY_WORD else part for part in parts if part]
