"""What the Scoring studio draws of a document: its fields as rows, and beside them what the rules would do."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leadline.kernel.errors import DocumentError
from leadline.pipeline.impact import Moved
from leadline.pipeline.trying import Split, Tried
from leadline.scoring.document import read_marked
from leadline.scoring.factor_rows import RuleRows, rule_rows
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.yaml_text import mark_yaml
from leadline.tracking.models import Lead
from leadline.web.factor_histogram import Histogram, histogram
from leadline.web.impact_table import LADDER
from leadline.web.words import person_name, stage_name

SCALE = 1000


@dataclass(frozen=True, slots=True)
class Bin:
    """One grade or stage: how many are in it now, and then; `x` and `width` of both bars in hundredths."""

    name: str
    before: int
    after: int
    before_width: str
    after_width: str

    @property
    def change(self) -> int:
        """How many more."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Mover:
    """One of those who would move most."""

    name: str
    moved: Moved


@dataclass(frozen=True, slots=True)
class FactorShape:
    """What is drawn beside the fields of a factor. `share`: percent of its dimension; `most`: points of the total."""

    histogram: Histogram
    share: int
    most: str


@dataclass(frozen=True)
class Document:
    """A document as the rows show it: `ruleset` only without faults; `trouble` when it is not YAML at all."""

    rows: RuleRows
    ruleset: Ruleset | None
    faults: int = 0
    trouble: str = ""


def read_document(text: str) -> Document:
    """The rows of a document, and its ruleset when it is valid: read once."""
    try:
        marked = mark_yaml(text)
    except DocumentError as error:
        return Document(RuleRows((), ()), None, 1, str(error))
    ruleset, faults = read_marked(marked)
    return Document(rule_rows(marked.values, faults), None if faults else ruleset, len(faults))


def drawn_rows(text: str) -> Mapping[str, Any]:
    """The context of web/studio/rows.html."""
    return rows_context(read_document(text))


def rows_context(document: Document) -> Mapping[str, Any]:
    """The same of a document that was read."""
    return {"rows": document.rows, "unreadable": document.trouble, "shown": json.dumps(document.rows.shown)}


def shapes(ruleset: Ruleset, tried: Tried) -> dict[str, FactorShape]:
    """The drawing of each factor by its name."""
    whole = sum(ruleset.dimension_weights.values())
    found = {}
    for factor in ruleset.factors:
        share = factor.weight / sum(each.weight for each in ruleset.factors_of(factor.dimension))
        most = share * ruleset.dimension_weights[factor.dimension] / whole * 100
        drawn = histogram(tried.amounts[factor.name], factor.full_at / SCALE)
        found[factor.name] = FactorShape(drawn, round(share * 100), f"{most:.1f}")
    return found


def grade_bins(ruleset: Ruleset, split: Split) -> list[Bin]:
    """The grades, the best first; those of the rules in force that are no more come last."""
    order = [*(band.grade for band in ruleset.grades), ruleset.lowest_grade]
    return _bins(split, [*order, *sorted(set(split) - set(order))], str)


def stage_bins(split: Split) -> list[Bin]:
    """The stages in the order of the ladder."""
    return _bins(split, [*LADDER, *sorted(set(split) - set(LADDER))], stage_name)


def named_movers(moved: Sequence[Moved]) -> list[Mover]:
    """With what each is called."""
    people = {row.pk: row for row in Lead.objects.filter(pk__in=[each.lead for each in moved])}
    return [
        Mover(person_name(row.card, row.pk, row.known) if (row := people.get(each.lead)) else str(each.lead), each)
        for each in moved
    ]


def _bins(split: Split, order: Sequence[str], named: Any) -> list[Bin]:
    highest = max((max(counts) for counts in split.values()), default=0) or 1
    found = [(name, *split.get(name, (0, 0))) for name in order]
    return [
        Bin(named(name), before, after, f"{before / highest * 100:.2f}", f"{after / highest * 100:.2f}")
        for name, before, after in found
    ]
