"""Odoo's `load`: many records created by external id, or written by number, in one transaction. Pure.

It answers 200 whatever happens: `ids` when everything was kept, else `False` with messages, and nothing was. Records
that are written by number (column `.id`) are never made anew, as those with an external id (column `id`) are.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leadline.crm.errors import RejectedError
from leadline.crm.records import Outcome, Sent

AGAIN = re.compile(
    r"could not serialize|deadlock detected|could not obtain lock|current transaction is aborted|ir_model_data"
)
"""PostgreSQL's words for somebody else having been faster, which `load` puts among its messages."""
NUMBER = ".id"
ADVICE = "Put it right in the lead or in the mapping; it is sent again when what would be sent changes."


@dataclass(frozen=True, slots=True)
class Refusal:
    """What stands against one row. `unknown`: no record has its number."""

    field: str
    message: str
    unknown: bool = False

    @property
    def sent(self) -> Sent:
        """As an answer."""
        return Sent(Outcome.REFUSED, code=self.field, message=self.message, advice=ADVICE)


@dataclass(frozen=True)
class Loaded:
    """What became of a call.

    Attributes:
        ids: of all rows, in order; None when nothing was kept.
        refused: {row: what stands against it}. busy: somebody was faster; the same call may do later.
    """

    ids: tuple[int, ...] | None
    refused: Mapping[int, Refusal]
    busy: str = ""

    def raise_refused(self) -> None:
        """For one who sent a single row.

        Raises:
            RejectedError: it was not kept.
        """
        if self.ids is None:
            words = self.busy or next(iter(self.refused.values())).message
            raise RejectedError(words, advice=ADVICE, vendor_code="load")


def read_answer(answer: Mapping[str, Any]) -> Loaded:
    """What `load` answered.

    Raises:
        RejectedError: nothing was kept, and no row is named for it.
    """
    if answer["ids"]:
        return Loaded(tuple(answer["ids"]), {})
    errors = [each for each in answer["messages"] if each.get("type") == "error"]
    if busy := next((each["message"] for each in errors if AGAIN.search(each["message"])), ""):
        return Loaded(None, {}, busy.strip())
    refused = dict(_refusals(errors))
    if not refused:
        words = " ".join(str(each.get("message", "")) for each in answer["messages"]).strip()
        raise RejectedError(f"Odoo kept nothing: {words or 'it does not say why'}", advice=ADVICE, vendor_code="load")
    return Loaded(None, _surely(refused))


def _refusals(errors: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, Refusal]]:
    """The first thing said of each row, which is what the others follow from."""
    seen: set[int] = set()
    for each in errors:
        row = each.get("rows", {}).get("from", -1)
        if row >= 0 and row not in seen:
            seen.add(row)
            message = " ".join(str(each["message"]).split())
            yield row, Refusal(str(each.get("field", "")), message, each.get("field") == NUMBER)


def _surely(refused: Mapping[int, Refusal]) -> Mapping[int, Refusal]:
    """What befell the whole batch is said of its first row too: it is blamed only when it is blamed alone."""
    if len(refused) > 1 and 0 in refused and not refused[0].unknown and not refused[0].field:
        return {row: refusal for row, refusal in refused.items() if row != 0}
    return refused
