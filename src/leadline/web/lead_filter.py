"""What the address of the list of leads says: whom it shows, in which order, with which columns."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import QueryDict

from leadline.analytics.segment_fields import FIELDS, FieldKind
from leadline.analytics.segments import Condition, Operator, Segment, condition, parse_segment
from leadline.kernel.errors import TerminalError
from leadline.web.lead_columns import COLUMNS, DEFAULT
from leadline.web.naming_segments import in_address
from leadline.web.sealed_search import opened, sealed

EVERYONE = Segment()
EVERYBODY = "everybody"
"""The value of `who` that shows visitors too."""
SORTS: Mapping[str, str] = {
    "total": "highest score",
    "last_seen": "last seen",
    "gain": "gain this week",
    "stage_since": "latest in their stage",
    "value": "monthly value",
    "known": "latest known",
}
CURSOR = re.compile(r"(-?[0-9]{1,18})_([0-9]{1,18})")
SUFFIXES = {
    "": (Operator.IS,),
    ".not": (Operator.IS_NOT,),
    ".min": (Operator.AT_LEAST,),
    ".max": (Operator.AT_MOST,),
    ".within": (Operator.LESS,),
    ".before": (Operator.MORE,),
}
"""How a control's name says by what it compares: "total.min=55", "last_seen.within=7d"."""
WRITTEN = re.compile(r"(!=|>=|<=|=|>|<)(.*)", re.DOTALL)
SIMPLE = ("stage", "grade", "fit")


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """Everything about the list but its rows."""

    segment: Segment = EVERYONE
    search: str = ""
    visitors: bool = False
    sort: str = "total"
    columns: tuple[str, ...] = DEFAULT
    after: str = ""

    @classmethod
    def of(cls, *, grade: str = "", fit: int = 0, stage: str = "") -> "LeadFilter":
        """Everybody of a grade, a fit or a stage."""
        wanted = {"grade": grade, "fit": str(fit or ""), "stage": stage}
        return cls(Segment(tuple(condition(name, Operator.IS, [value]) for name, value in wanted.items() if value)))

    @classmethod
    def from_query(cls, query: QueryDict) -> "LeadFilter":
        """Read the address.

        Raises:
            BadRequest: it asks for what there is not.
        """
        try:
            segment = parse_segment(opened(query.get("segment", ""))).also(*_conditions(query))
        except TerminalError as error:
            raise BadRequest(str(error)) from error
        sort = query.get("sort") or "total"
        if sort not in SORTS:
            raise BadRequest(f"There is no order {sort!r}. There are: {', '.join(SORTS)}.")
        search, after = opened(query.get("q", "").strip()), query.get("after", "")
        return cls(segment, search, query.get("who") == EVERYBODY, sort, _columns(query), after)

    @property
    def place(self) -> tuple[int, int] | None:
        """Where the page before ended.

        Raises:
            BadRequest: no page ended so.
        """
        if not self.after:
            return None
        if not (found := CURSOR.fullmatch(self.after)):
            raise BadRequest("The address names a page that does not exist.")
        return int(found[1]), int(found[2])

    @property
    def query(self) -> str:
        """For an address: "?stage=qualified&sort=gain", or nothing. What may name somebody is sealed in it."""
        text = urlencode(self.words | ({"after": self.after} if self.after else {}))
        return f"?{text}" if text else ""

    @property
    def kept(self) -> str:
        """The same to be kept in the record store, with what is sealed in the address as it is; without the page."""
        clear = {"q": self.search, "segment": self._rest.text}
        text = urlencode(self.words | {name: value for name, value in clear.items() if value})
        return f"?{text}" if text else ""

    @property
    def words(self) -> dict[str, str]:
        """What the address says, but for the page."""
        simple = {each.field.name: each.values[0] for each in self.segment.conditions if self._is_simple(each)}
        said = {
            **simple,
            "segment": in_address(self._rest),
            "q": sealed(self.search),
            "who": EVERYBODY if self.visitors else "",
            "sort": "" if self.sort == "total" else self.sort,
            "columns": "" if self.columns == DEFAULT else ",".join(self.columns),
        }
        return {name: value for name, value in said.items() if value}

    @property
    def sort_words(self) -> str:
        """The order in words."""
        return SORTS[self.sort]

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves anybody out who could be found by asking for less."""
        return bool(self.segment or self.search)

    @property
    def export_segment(self) -> str:
        """The same people as a segment; a search can't be told by one."""
        known = () if self.visitors else (condition("known", Operator.IS, ["yes"]),)
        return self.segment.also(*known).text

    def page(self, after: str) -> "LeadFilter":
        """The same list on another page."""
        return replace(self, after=after)

    def without(self, dropped: Condition) -> "LeadFilter":
        """The same list with one condition less, from its beginning."""
        kept = Segment(tuple(each for each in self.segment.conditions if each != dropped))
        return replace(self, segment=kept, after="")

    def value(self, control: str) -> str:
        """What a control of that name shows."""
        name, _, suffix = control.partition(".")
        operators = SUFFIXES[f".{suffix}" if suffix else ""]
        found = [each for each in self.segment.of(name) if each.operator in operators]
        return "|".join(found[0].values) if found else ""

    @property
    def _rest(self) -> Segment:
        return Segment(tuple(each for each in self.segment.conditions if not self._is_simple(each)))

    def _is_simple(self, each: Condition) -> bool:
        alone = len(self.segment.of(each.field.name)) == 1 and len(each.values) == 1 and each.values[0] != ""
        return each.field.name in SIMPLE and each.operator is Operator.IS and alone


def controls() -> Iterator[str]:
    """The names of all controls that the segment can be asked by."""
    for name, each in FIELDS.items():
        if each.kind is FieldKind.MOMENT:
            yield from (f"{name}.within", f"{name}.before")
        elif each.kind in (FieldKind.POINTS, FieldKind.WHOLE, FieldKind.MONEY):
            yield from (name, f"{name}.min", f"{name}.max")
        else:
            yield name


def _conditions(query: QueryDict) -> Iterator[Condition]:
    for control, texts in query.lists():
        name, _, suffix = control.partition(".")
        if name not in FIELDS or (f".{suffix}" not in SUFFIXES and suffix):
            continue
        for text in texts:
            if text.strip():
                yield _condition(name, SUFFIXES[f".{suffix}" if suffix else ""][0], text.strip())


def _condition(name: str, operator: Operator, text: str) -> Condition:
    """A value may begin with how it is compared: "total=>=55"."""
    written = WRITTEN.fullmatch(text)
    if written:
        operator, text = Operator(written[1]), written[2]
    return parse_segment(f"{name}{operator}{text.replace(',', chr(92) + ',')}").conditions[0]


def _columns(query: QueryDict) -> tuple[str, ...]:
    chosen = [each for text in query.getlist("columns") for each in text.split(",")]
    if unknown := [each for each in chosen if each and each not in COLUMNS]:
        raise BadRequest(f"There is no column {unknown[0]!r}. There are: {', '.join(COLUMNS)}.")
    return tuple(each for each in COLUMNS if each in chosen) or DEFAULT
