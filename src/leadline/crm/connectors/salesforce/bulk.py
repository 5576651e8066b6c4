"""Bulk API 2.0: a file of rows that Salesforce works through by itself, for runs of more than 2,000.

A job that takes too long is aborted, since a run may hold its connection for ten minutes only: what it did stands, and
the rows that it did not come to are sent again.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from leadline.crm.connectors.salesforce.answers import UNPROCESSED, Result, bulk_failure, failed
from leadline.crm.connectors.salesforce.calls import Row, SalesforceAPI
from leadline.crm.connectors.salesforce.names import long_id
from leadline.crm.errors import SetupError

ABOVE = 2_000
"""Rows; fewer are sent by 200 and answered at once (Salesforce's own advice)."""
ENDED = frozenset({"JobComplete", "Failed", "Aborted"})
LONGEST_SECONDS = 300.0
FIRST_WAIT, LONGEST_WAIT, LONGER = 2.0, 20.0, 1.5
CSV = {"Content-Type": "text/csv; charset=UTF-8", "Accept": "application/json"}
READ_CSV = {"Accept": "text/csv"}
NEVER = ("InvalidBatch", "Field name not found", "ClientInputError")
MEND = "Look at the mapping: it names what Salesforce does not have, or what our user may not see."


class Bulk:
    """Jobs of one org."""

    def __init__(self, api: SalesforceAPI) -> None:
        self._api = api

    def run(self, type_: str, key: str, cells: Sequence[Mapping[str, str]]) -> list[Result]:
        """What became of each row, in order.

        Args:
            key: the column that rows are told apart by: our external id (an upsert) or Id (an update).

        Raises:
            CRMError: it did not go through; rows may have been written all the same.
        """
        job = self._begin(type_, key, file_of(cells))
        ended = self._wait(job)
        found = dict(self._results(job, key))
        words = str(ended.get("errorMessage") or "It was not come to.")
        if not found and ended["state"] == "Failed" and any(part in words for part in NEVER):
            raise SetupError(f"Salesforce refused the file: {words}", advice=MEND, vendor_code="InvalidBatch")
        return [found.get(long_id(row[key])) or failed(UNPROCESSED, words) for row in cells]

    def _begin(self, type_: str, key: str, file: bytes) -> str:
        wanted = {"object": type_, "contentType": "CSV", "lineEnding": "LF", "columnDelimiter": "COMMA"}
        how = {"operation": "upsert", "externalIdFieldName": key} if key != "Id" else {"operation": "update"}
        job = str(self._api.json("POST", "jobs/ingest", json={**wanted, **how})["id"])
        self._api.call("PUT", f"jobs/ingest/{job}/batches", content=file, headers=CSV)
        self._api.call("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})
        return job

    def _wait(self, job: str) -> Row:
        """The job at its end."""
        wait, waited = FIRST_WAIT, 0.0
        while waited < LONGEST_SECONDS:
            self._api.limits.rest(wait)
            answer: Row = self._api.json("GET", f"jobs/ingest/{job}")
            if answer["state"] in ENDED:
                return answer
            waited, wait = waited + wait, min(wait * LONGER, LONGEST_WAIT)
        aborted: Row = self._api.json("PATCH", f"jobs/ingest/{job}", json={"state": "Aborted"})
        return {**aborted, "errorMessage": "Salesforce took too long over it."}

    def _results(self, job: str, key: str) -> Iterator[tuple[str, Result]]:
        """(row, what became of it) of those that the job came to; the others are those of `unprocessedrecords`."""
        for row in self._file(job, "successfulResults"):
            created = row["sf__Created"].lower() == "true"
            yield long_id(row[key]), {"id": row["sf__Id"], "success": True, "created": created}
        for row in self._file(job, "failedResults"):
            yield long_id(row[key]), bulk_failure(row["sf__Id"], row["sf__Error"])

    def _file(self, job: str, name: str) -> list[dict[str, str]]:
        text = self._api.call("GET", f"jobs/ingest/{job}/{name}/", headers=READ_CSV).content.decode("utf-8")
        return list(csv.DictReader(io.StringIO(text, newline="")))


def file_of(cells: Sequence[Mapping[str, str]]) -> bytes:
    """Rows as one file; a cell that a row does not have is empty, and leaves its field as it is."""
    columns = list(dict.fromkeys(name for row in cells for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _lines(cell) for name, cell in row.items()} for row in cells)
    return text.getvalue().encode("utf-8")


def _lines(cell: str) -> str:
    """A cell whose lines end as those of the file do: a lone carriage return would end a row."""
    return cell.replace("\r\n", "\n").replace("\r", "\n")
