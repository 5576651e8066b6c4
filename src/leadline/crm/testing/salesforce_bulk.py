"""Jobs of the fake Salesforce's Bulk API 2.0: they take their time, and do what they can."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from leadline.crm.testing.salesforce_org import CallError, Org, Row, RowError

NOTHING = "#N/A"
RESULTS = {"successfulResults": "done", "failedResults": "failed", "unprocessedrecords": "left"}
NUMBERS = ("int", "double", "currency", "percent")


@dataclass
class Job:
    """One job: its rows, and what became of them."""

    id: str
    object: str
    operation: str
    key: str
    state: str = "Open"
    message: str = ""
    due: datetime | None = None
    rows: list[dict[str, str]] = field(default_factory=list)
    done: list[dict[str, str]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    left: list[dict[str, str]] = field(default_factory=list)

    def shown(self) -> Row:
        """As an answer has it."""
        return {
            "id": self.id,
            "object": self.object,
            "operation": self.operation,
            "state": self.state,
            "errorMessage": self.message or None,
            "contentUrl": f"services/data/v62.0/jobs/ingest/{self.id}/batches",
            "numberRecordsProcessed": len(self.done) + len(self.failed),
            "numberRecordsFailed": len(self.failed),
        }


class Jobs:
    """All jobs.

    Attributes:
        seconds: how long one takes. most: rows that one gets through before it fails; the rest is unprocessed.
    """

    def __init__(self, org: Org, now: Callable[[], datetime]) -> None:
        self._org, self._now = org, now
        self.seconds, self.most = 12.0, 10**9
        self.all: dict[str, Job] = {}

    def open(self, wanted: Mapping[str, Any]) -> Row:
        """Make a job."""
        key = wanted.get("externalIdFieldName", "")
        if wanted["operation"] == "upsert" and not self._org.fields[wanted["object"]].get(key, {}).get("externalId"):
            raise CallError(400, "INVALIDJOB", f"InvalidJob : Field name provided, {key} is not an External ID")
        job = Job(f"7505e{len(self.all):013d}", wanted["object"], wanted["operation"], key)
        self.all[job.id] = job
        return job.shown()

    def upload(self, job: Job, text: str) -> None:
        """Its rows."""
        job.rows = list(csv.DictReader(io.StringIO(text, newline="")))

    def change(self, job: Job, state: str) -> Row:
        """Close or abort a job."""
        self.look(job)
        job.state = state
        if state == "UploadComplete":
            job.due = self._now() + timedelta(seconds=self.seconds)
        else:
            job.left = list(job.rows)
        return job.shown()

    def look(self, job: Job) -> Row:
        """How a job is; it is worked through when its time has come."""
        if job.state in ("UploadComplete", "InProgress") and job.due is not None:
            job.state = "InProgress"
            if self._now() >= job.due:
                self._work(job)
        return job.shown()

    def _work(self, job: Job) -> None:
        fields = self._org.fields[job.object]
        unknown = [name for name in job.rows[0] if name != "Id" and not fields.get(name, {}).get("visible")]
        if unknown:
            job.state, job.message = "Failed", f"InvalidBatch : Field name not found : {unknown[0]}"
            return
        for row in job.rows[: self.most]:
            self._one(job, row, fields)
        job.left = job.rows[self.most :]
        job.state = "Failed" if job.left else "JobComplete"
        job.message = "TooManyLockFailure : too many retries" if job.left else ""

    def _one(self, job: Job, row: dict[str, str], fields: Mapping[str, Row]) -> None:
        values = {name: _value(cell, fields[name]["type"]) for name, cell in row.items() if cell and name != "Id"}
        try:
            if job.operation == "update":
                number, made = self._org.update(job.object, row["Id"], values, False), False
            else:
                number, made = self._org.upsert(job.object, job.key, values, False)
        except RowError as error:
            words = f"{error.code}:{error.message}:{' '.join(error.fields)} --"
            job.failed.append({"sf__Id": error.remote_id, "sf__Error": words, **row})
            return
        job.done.append({"sf__Id": number, "sf__Created": str(made).lower(), **row})

    def file(self, job: Job, name: str) -> str:
        """One of its files of results."""
        rows: Sequence[Mapping[str, str]] = getattr(job, RESULTS[name])
        extra = {"done": ["sf__Id", "sf__Created"], "failed": ["sf__Id", "sf__Error"], "left": []}[RESULTS[name]]
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, [*extra, *(job.rows[0] if job.rows else ())], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue()


def _value(cell: str, type_: str) -> Any:
    if cell == NOTHING:
        return None
    if type_ == "boolean":
        return cell == "true"
    return float(cell) if type_ in NUMBERS else cell
