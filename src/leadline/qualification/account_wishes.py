"""Which companies a list shows and in which order, as an address, a command or the API says it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from leadline.kernel.errors import TerminalError


class WishKind(StrEnum):
    """How the values of a condition are written."""

    TEXT = "text"
    COUNTRY = "country"
    FLAG = "choice"
    WHOLE = "number"


MOST = 999_999_999


@dataclass(frozen=True, slots=True)
class AccountCondition:
    """Something that companies can be narrowed by; `name` as addresses have it."""

    name: str
    label: str
    kind: WishKind = WishKind.TEXT


CONDITIONS: Mapping[str, AccountCondition] = {
    each.name: each
    for each in (
        AccountCondition("grade", "Grade"),
        AccountCondition("qualified", "Qualified people", WishKind.FLAG),
        AccountCondition("industry", "Industry"),
        AccountCondition("country", "Country", WishKind.COUNTRY),
        AccountCondition("total.min", "Score at least", WishKind.WHOLE),
        AccountCondition("people.min", "People at least", WishKind.WHOLE),
        AccountCondition("employees.min", "Employees at least", WishKind.WHOLE),
        AccountCondition("employees.max", "Employees at most", WishKind.WHOLE),
    )
}
SORTS: Mapping[str, str] = {
    "total": "highest score",
    "people": "most people",
    "qualified": "most qualified people",
    "employees": "most employees",
    "name": "name",
}
FLAGS = ("yes", "no")


@dataclass(frozen=True, slots=True)
class AccountWish:
    """What is asked: `search` is a part of the name or domain, `conditions` values by name, none empty."""

    search: str = ""
    conditions: Mapping[str, str] = field(default_factory=dict)
    sort: str = "total"

    @classmethod
    def of(cls, words: Mapping[str, str]) -> "AccountWish":
        """Of an address's words: q, sort and the conditions; what it does not know is somebody else's.

        Raises:
            TerminalError: there is no such order or value; it says which there are.
        """
        sort = words.get("sort") or "total"
        if sort not in SORTS:
            raise TerminalError(f"There is no order {sort!r}.", advice=f"There are: {', '.join(SORTS)}.")
        return cls(words.get("q", "").strip(), dict(_conditions(words)), sort)

    @property
    def words(self) -> dict[str, str]:
        """The inverse of `of`, without what is as usual."""
        said = {**self.conditions, "q": self.search, "sort": "" if self.sort == "total" else self.sort}
        return {name: value for name, value in said.items() if value}

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves anybody out."""
        return bool(self.search or self.conditions)

    def without(self, name: str) -> "AccountWish":
        """The same with one condition less."""
        return replace(self, conditions={each: value for each, value in self.conditions.items() if each != name})


def _conditions(words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, condition in CONDITIONS.items():
        if text := words.get(name, "").strip():
            yield name, _checked(condition, text)


def _checked(condition: AccountCondition, text: str) -> str:
    if condition.kind is WishKind.FLAG and text not in FLAGS:
        raise TerminalError(f"{condition.label}: {text[:20]!r} is neither yes nor no.", advice="Write yes or no.")
    if condition.kind is not WishKind.WHOLE:
        return text
    if not (text.isascii() and text.isdecimal() and int(text[:10]) <= MOST):
        raise TerminalError(f"{condition.label}: {text[:20]!r} is no whole number.", advice="Such as 3.")
    return str(int(text))
