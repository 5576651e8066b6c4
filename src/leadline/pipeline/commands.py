"""What commands ask of an open installation, by name. Results are plain data that JSON takes.

The same functions serve the control socket of a running server and a command that opened the stores itself.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management import call_command
from django.db.models import Count

from leadline.eventstore import queries
from leadline.kernel.clock import from_micros, utc_now
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline import rescoring
from leadline.pipeline.account_reports import accounts
from leadline.pipeline.accounting import account
from leadline.pipeline.alert_commands import ALERT_COMMANDS
from leadline.pipeline.channels import channels_set, channels_show
from leadline.pipeline.consents import lead_consent, lead_consents
from leadline.pipeline.counterfactuals import whatif
from leadline.pipeline.crm.commands import CRM_COMMANDS
from leadline.pipeline.crm.connections import connections_briefly
from leadline.pipeline.crm.running import crm_sync
from leadline.pipeline.engine import Engine
from leadline.pipeline.explain_command import explain
from leadline.pipeline.exports.exporting import export, export_tables
from leadline.pipeline.forecasts import forecast
from leadline.pipeline.happenings import contact_promises, qualification_events
from leadline.pipeline.identities import (
    identities_of,
    merge,
    merge_preview,
    merge_warnings,
    unmerge,
    unmerge_preview,
)
from leadline.pipeline.impact import ruleset_impact
from leadline.pipeline.imports.rehearsal import planned_types, rehearse
from leadline.pipeline.jobs import job, job_cancel, job_start, jobs
from leadline.pipeline.key_rotation.retiring import KEY_COMMANDS
from leadline.pipeline.lead_list import leads, leads_found
from leadline.pipeline.money import rates_import, rates_show, spend_import, spend_show
from leadline.pipeline.notifying.commands import NOTIFY_COMMANDS
from leadline.pipeline.plans import plan_infer, plan_violations
from leadline.pipeline.privacy.archive_commands import ARCHIVE_COMMANDS
from leadline.pipeline.privacy.erasure_commands import ERASURE_COMMANDS
from leadline.pipeline.privacy.request_commands import REQUEST_COMMANDS
from leadline.pipeline.privacy.retention_commands import RETENTION_COMMANDS
from leadline.pipeline.privacy.searching import privacy_search
from leadline.pipeline.quarantine import quarantine_list, quarantine_replay, quarantine_show
from leadline.pipeline.rebuilding import rebuild
from leadline.pipeline.replay import score_history, score_lead
from leadline.pipeline.reports.running import report, report_kinds
from leadline.pipeline.ruleset_commands import (
    rules_archive,
    rules_change_draft,
    rules_diff,
    rules_drafts,
    rules_list,
    rules_preview,
    rules_publish,
    rules_rollback,
    rules_save_draft,
    rules_show,
    rules_validate,
)
from leadline.pipeline.sales import (
    lead_accept,
    lead_assign,
    lead_contact,
    lead_override,
    lead_reject,
    lead_release,
    lead_requalify,
    lead_snooze,
    lead_wake,
)
from leadline.pipeline.schedule_commands import SCHEDULE_COMMANDS
from leadline.pipeline.segment import segment_began
from leadline.pipeline.team import team_list, team_set, territory_set
from leadline.pipeline.tick import tick
from leadline.pipeline.traffic import traffic, traffic_add, traffic_remove
from leadline.qualification.models import Standing
from leadline.qualification.stages import Stage
from leadline.tracking.arrivals import suppressed
from leadline.tracking.models import Lead
from leadline.tracking.spool.segments import closed_segments, oldest_waiting

Advance = Callable[[int, int], None]
Command = Callable[..., Any]


def status(engine: Engine) -> dict[str, Any]:
    """How many messages were accepted and what became of them; how far behind the pipeline is; where leads stand."""
    counts = account(engine)
    with engine.store.cursor() as cursor:
        noise = queries.noise_counts(cursor)
    oldest = oldest_waiting(engine.spool)
    stages = dict(Standing.objects.values_list("stage").annotate(count=Count("pk")).order_by())
    return {
        "accepted": counts.accepted,
        "stored": counts.stored,
        "duplicates": counts.duplicates,
        "quarantined": counts.quarantined,
        "suppressed": suppressed(),
        "noise": noise,
        "spool_lag_seconds": max((utc_now() - oldest).total_seconds(), 0.0) if oldest else 0.0,
        "leads": Lead.objects.filter(merged_into=None, internal=False, bot=False).count(),
        "by_stage": {stage.value: stages.get(stage.value, 0) for stage in Stage},
        "crm": connections_briefly(),
    }


def totals(engine: Engine) -> dict[str, int]:
    """Messages stored, recognised as duplicates, and quarantined."""
    counts = account(engine)
    return {"stored": counts.stored, "duplicates": counts.duplicates, "quarantined": counts.quarantined}


def events_count(engine: Engine) -> dict[str, int]:
    """How many events are stored."""
    with engine.store.cursor() as cursor:
        return {"count": queries.count_events(cursor)}


def rescore(engine: Engine, as_of: str = "", advance: Advance | None = None) -> dict[str, Any]:
    """Score everybody again: now, stages included; or as of the end of another day, which leaves stages as they are."""
    now = utc_now()
    tick(engine, now)
    wanted = _moment(as_of) if as_of else now
    today = wanted.date() == now.date()
    at = now if today else wanted  # today's scores are the same all day; stages are judged now, not tonight
    count = rescoring.evaluate_everyone(engine, at, advance, stages=today, fresh=True)
    return {"leads": count, "as_of": at.isoformat(), "ruleset": engine.ruleset.number}


def drained(engine: Engine, until_micros: int) -> bool:
    """Whether everything that was in the spool at that time is stored and scored."""
    until = from_micros(until_micros)
    return all(segment_began(path) > until for path in closed_segments(engine.spool))


def identities(engine: Engine, lead: str) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """Every name of a person."""
    return identities_of(lead)


def migrate() -> None:
    """Bring the record store's tables up to date."""
    call_command("migrate", verbosity=0, interactive=False)


COMMANDS: Mapping[str, Command] = {
    command.__name__: command
    for command in (
        *(
            status,
            totals,
            events_count,
            leads,
            leads_found,
            accounts,
            explain,
            forecast,
            whatif,
            rescore,
            drained,
            identities,
            unmerge,
        ),
        *(rebuild, planned_types, rehearse, score_lead, score_history, explain, forecast, whatif),
        *(merge, merge_preview, unmerge_preview, merge_warnings, traffic, traffic_add, traffic_remove),
        *(rules_list, rules_drafts, rules_show, rules_validate, rules_diff, rules_preview, rules_publish),
        *(rules_rollback, rules_archive, rules_save_draft, rules_change_draft),
        *(lead_accept, lead_reject, lead_requalify, lead_snooze, lead_wake, lead_contact, lead_override, lead_release),
        *(lead_consent, lead_consents, lead_assign),
        *(team_list, team_set, territory_set, qualification_events, contact_promises),
        *(job_start, job, job_cancel, jobs, ruleset_impact, report, report_kinds, export, export_tables),
        *(channels_show, channels_set, spend_import, spend_show, rates_import, rates_show),
        *ALERT_COMMANDS,
        *NOTIFY_COMMANDS,
        *CRM_COMMANDS,
        *ARCHIVE_COMMANDS,
        privacy_search,
        *ERASURE_COMMANDS,
        *RETENTION_COMMANDS,
        *REQUEST_COMMANDS,
        *KEY_COMMANDS,
        *SCHEDULE_COMMANDS,
        *(quarantine_list, quarantine_show, quarantine_replay, plan_infer, plan_violations),
    )
}
WATCHED: frozenset[Command] = frozenset({rescore, rebuild, rehearse, rules_publish, rules_rollback, crm_sync})
"""Those that tell how far they are."""


def dispatch(engine: Engine, command: str, arguments: Mapping[str, Any], advance: Advance) -> Any:
    """Carry a command out.

    Raises:
        NotFoundError: there is none of that name.
    """
    function = COMMANDS.get(command)
    if function is None:
        raise NotFoundError(f"There is no command {command!r}.")
    reports = {"advance": advance} if function in WATCHED else {}
    return function(engine, **arguments, **reports)


def _moment(text: str) -> datetime:
    """A day means its end; nothing means now."""
    if not text:
        return utc_now()
    try:
        if len(text) == len("2026-01-01"):
            return datetime.combine(date.fromisoformat(text), time.max, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise TerminalError(f"{text!r} is no date.", advice="Use 2026-05-14 or 2026-05-14T10:00:00Z.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
