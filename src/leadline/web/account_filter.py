"""What the address of the list of accounts says: which companies, in which order, which page; and its controls."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import QueryDict

from leadline.kernel.errors import TerminalError
from leadline.qualification.account_wishes import CONDITIONS, FLAGS, SORTS, AccountWish, WishKind
from leadline.qualification.countries import country_name
from leadline.web.lead_controls import Control
from leadline.web.sealed_search import opened, sealed

FIRST_LINE = ("grade", "qualified")
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Company", ("industry", "country", "employees.min", "employees.max")),
    ("Its people", ("total.min", "people.min")),
)
QUALIFIED = {"yes": "somebody qualified", "no": "nobody qualified"}


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Everything about the list but its rows."""

    wish: AccountWish = field(default_factory=AccountWish)
    after: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "AccountFilter":
        """Read the address.

        Raises:
            BadRequest: it asks for what there is not.
        """
        try:
            words = {name: query.get(name, "") for name in ("sort", *CONDITIONS)}
            return cls(AccountWish.of({**words, "q": opened(query.get("q", "").strip())}), query.get("after", ""))
        except TerminalError as error:
            raise BadRequest(str(error)) from error

    def page(self, after: str) -> "AccountFilter":
        """The same list on another page."""
        return replace(self, after=after)

    @property
    def query(self) -> str:
        """For an address: "?grade=A&sort=people", or nothing. What is searched for is sealed in it."""
        text = urlencode(self.words | ({"after": self.after} if self.after else {}))
        return f"?{text}" if text else ""

    @property
    def words(self) -> dict[str, str]:
        """What the address says, but for the page. A sole trader's company is called as they are."""
        said = {**self.wish.words, "q": sealed(self.wish.search)}
        return {name: value for name, value in said.items() if value}

    @property
    def sort_words(self) -> str:
        """The order in words."""
        return SORTS[self.wish.sort]

    @property
    def conditions(self) -> list[tuple[str, str]]:
        """Each in words, with the address of the list without it."""
        return [
            (condition_words(name, value), AccountFilter(self.wish.without(name)).query)
            for name, value in self.wish.conditions.items()
        ]

    @property
    def beyond_first_line(self) -> Mapping[str, str]:
        """What goes along when the first line's controls are changed."""
        return {name: value for name, value in self.wish.conditions.items() if name not in FIRST_LINE}

    @property
    def beyond_groups(self) -> Mapping[str, str]:
        """What goes along when the further controls are changed."""
        further = {name for _, names in GROUPS for name in names}
        return {name: value for name, value in self.words.items() if name not in further}


def condition_words(name: str, value: str) -> str:
    """One condition as people say it."""
    condition = CONDITIONS[name]
    if condition.kind is WishKind.FLAG:
        return f"With {QUALIFIED[value]}"
    if condition.kind is WishKind.COUNTRY:
        return f"{condition.label} is {country_name(value)}"
    return f"{condition.label} {value}" if condition.kind is WishKind.WHOLE else f"{condition.label} is {value}"


def further_controls(wanted: AccountFilter, offered: Mapping[str, list[str]]) -> list[tuple[str, list[Control]]]:
    """The controls of the second line by their group.

    Args:
        offered: values to choose from, by condition.
    """
    return [(title, [_control(name, wanted, offered) for name in names]) for title, names in GROUPS]


def _control(name: str, wanted: AccountFilter, offered: Mapping[str, list[str]]) -> Control:
    condition = CONDITIONS[name]
    kind = condition.kind.value if condition.kind is not WishKind.COUNTRY else WishKind.TEXT.value
    options = FLAGS if condition.kind is WishKind.FLAG else tuple(offered.get(name, ()))
    return Control(name, condition.label, kind, wanted.wish.conditions.get(name, ""), options)
