"""The feed of what happened to leads: numbered, append-only, each thing once. A CRM, notifications and analytics read
it after the last number they saw. docs/reference/qualification-events.md says what it holds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadline.kernel.clock import to_micros
from leadline.qualification.models import QualificationEvent
from leadline.qualification.standings import Judgement
from leadline.qualification.words_written import in_full, written
from leadline.scoring.arithmetic import points
from leadline.scoring.ruleset import Ruleset
from leadline.tracking.chunks import chunks

CHUNK = 5_000
MOST = 1_000
"""Read at once, at most."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of the feed."""

    number: int
    kind: str
    lead: int
    at: datetime
    detail: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "number": self.number,
            "kind": self.kind,
            "lead": self.lead,
            "at": self.at.isoformat(),
            "detail": self.detail,
        }


def after(number: int, limit: int = 100) -> list[Happening]:
    """What happened after the event of this number, the oldest first; from the beginning after 0."""
    rows = QualificationEvent.objects.filter(pk__gt=number).order_by("pk")
    columns = ("pk", "key", "kind", "lead", "at", "detail")
    found = list(rows.values_list(*columns)[: max(0, min(limit, MOST))])
    notes = written(key for _, key, *_ in found)
    return [
        Happening(pk, kind, lead, at, in_full(key, kind, detail, notes)) for pk, key, kind, lead, at, detail in found
    ]


def tell(kind: str, lead: int, at: datetime, name: str = "", **detail: Any) -> None:
    """Append an event, once for its kind, lead, instant and name. To be called in the transaction that does what it
    tells of."""
    tell_all([told(kind, lead, at, name, **detail)])


def told(kind: str, lead: int, at: datetime, name: str = "", **detail: Any) -> QualificationEvent:
    """The row of an event."""
    key = f"{kind}:{lead}:{to_micros(at)}" + (f":{name}" if name else "")
    return QualificationEvent(key=key[:120], kind=kind, lead_id=lead, at=at, detail=detail)


def tell_all(rows: Iterable[QualificationEvent]) -> None:
    """Append events; those that were told before are not told again."""
    by_key = {row.key: row for row in rows}
    for keys in chunks(by_key):
        known = set(QualificationEvent.objects.filter(key__in=keys).values_list("key", flat=True))
        QualificationEvent.objects.bulk_create(
            [by_key[key] for key in keys if key not in known], ignore_conflicts=True, batch_size=CHUNK
        )


def tell_breach(lead: int, due: datetime, qualified_at: datetime, owner: str) -> None:
    """Append that a first contact was not made by when it was due."""
    tell("sla_breached", lead, due, due_at=due.isoformat(), qualified_at=qualified_at.isoformat(), owner=owner)


def tell_moves(ruleset: Ruleset, judgements: Iterable[Judgement]) -> None:
    """Append an event for each stage that was entered."""
    rows = [row for each in judgements for row in _moves(ruleset, each)]
    QualificationEvent.objects.bulk_create(rows, ignore_conflicts=True, batch_size=CHUNK)


def _moves(ruleset: Ruleset, judgement: Judgement) -> Iterator[QualificationEvent]:
    scored, row = judgement.scored, judgement.record.standing
    for move in judgement.decision.transitions:
        yield QualificationEvent(
            key=f"stage_changed:{scored.lead}:{to_micros(move.at)}",
            lead_id=scored.lead,
            kind="stage_changed",
            at=move.at,
            detail={
                "from": move.from_stage.value,
                "to": move.to_stage.value,
                "reasons": [reason.as_dict() for reason in move.reasons],
                "total": points(scored.total),
                "grade": scored.grade,
                "fit": scored.fit,
                "ruleset": ruleset.number,
                "owner": row.owner if row else "",
            },
        )
