"""Commands on CRM connections: what the command line, the API and the pages do with them. Results are plain data.

Shapes (moments are ISO 8601 or null; secrets go in and never come out):

    kind        {name, label, object, can: [..], settings: [{name, label, advice, secret, required, default}],
                 every_seconds, statuses: [..], guide, mapping}
    connection  {name, kind, label, object, settings: {name: text}, secrets: [names that are set], enabled,
                 every_seconds, health, words, advice, mapping_version, last_run_at, last_ok_at, closed_until,
                 next_run_at, created_at, by, counts: {linked, waiting, failed, left_out},
                 last_run: run or null}
        health: "ok", "new" (no run yet), "working", "waiting" (circuit open, tried again at closed_until), "trouble"
        (the last run failed, or rows are parked), "stopped" (a person must act), "off". `words` is one sentence of it,
        `advice` what to do ("" when nothing). counts: linked = leads with a record there; waiting = to be tried again;
        failed = parked; left_out = tombstones.
    run         {number, connection, kind, state, started_at, finished_at, counts: {..}, message, by}
        state: running, ok, failed (tried again by itself), stopped (a person must act), cancelled, interrupted
    link        {connection, lead, name, external_id, remote_id, remote_type, address, status, owner, tombstone,
                 tombstone_words, state, sent_at, seen_at, remote_changed_at, attempts, next_attempt_at, parked, error,
                 error_code, advice, failed_at}
        state: "sent", "waiting", "failed", "left_out", "never"
    difference  {connection, lead, name, action, why, external_id, remote_id,
                 fields: [{field, label, there, ours, write, reason, said}]}
        action: "create", "update", "unchanged", "left_out" (`why` says why)
    problem     {path, message, advice, level}   level: "error" stops a run, "warning" does not
    mapping     {connection, version, text, problems: [problem], would_make: [{name, label, type}]}

| command | arguments | answers |
|---|---|---|
| crm_kinds | | [kind] |
| crm_connections | | [connection] |
| crm_connection | name | connection |
| crm_connect | name, kind, settings={}, secrets={}, mapping="", enabled=True, every_seconds=None, by | connection |
| crm_change | name, settings={}, secrets={} (only what changes), enabled=None, every_seconds=None, by | connection |
| crm_remove | name, by | connection (as it was) |
| crm_test | name | {connection, ok, product, version, account, user, notes: [..], message, advice} |
| crm_sync | name="" (all enabled), by | [run] |
| crm_sync_lead | lead, name="" , by | [link] of that lead after it was sent |
| crm_status | | {ok, connections: [connection]} |
| crm_retry | name, leads=[] (all failed), left_out=False (tombstoned ones too), by | {connection, retried: n} |
| crm_diff | name, leads=[], limit=20 | {connection, leads, looked_at, totals, differences: [difference]}; reads only |
| crm_backfill | name, by | job (pipeline/jobs.py), kind "crm_backfill" |
| crm_runs | name="", limit=20, offset=0 | [run], newest first |
| crm_failed | name="", limit=50, offset=0 | [link], newest first |
| crm_links | name, state="", limit=50, offset=0 | [link] |
| crm_lead | lead | [link] and for connections without one {.., state: "never"} |
| crm_lead_knows | lead, name | {link, fields: [{field, sent, seen}]} : what that CRM knows about the person |
| crm_mapping | name | mapping (not checked against the CRM: problems of the document only) |
| crm_mapping_set | name, text, version=0 (refused when stale), by | mapping + changes: [{path, sentence}] |
| crm_mapping_check | name, text="" (the one kept) | mapping, checked against the CRM's own fields |
| crm_mapping_make | name, by | mapping + made: [{name, label, type}], refused: [{name, message, advice}] |
| crm_mapping_preview | name, lead, text="" | difference; reads only |
| crm_mapping_schema | | the JSON Schema of a mapping |
"""

from typing import Any

from leadline.pipeline.crm.connections import (
    crm_change,
    crm_connect,
    crm_connection,
    crm_connections,
    crm_kinds,
    crm_remove,
    crm_status,
    crm_test,
)
from leadline.pipeline.crm.links import crm_failed, crm_lead, crm_lead_knows, crm_links
from leadline.pipeline.crm.mappings import (
    crm_diff,
    crm_mapping,
    crm_mapping_check,
    crm_mapping_make,
    crm_mapping_preview,
    crm_mapping_schema,
    crm_mapping_set,
)
from leadline.pipeline.crm.running import BACKFILL, crm_retry, crm_runs, crm_sync, crm_sync_lead
from leadline.pipeline.engine import Engine
from leadline.pipeline.jobs import job_start

__all__ = [
    "CRM_COMMANDS",
    "crm_backfill",
    "crm_change",
    "crm_connect",
    "crm_connection",
    "crm_connections",
    "crm_diff",
    "crm_failed",
    "crm_kinds",
    "crm_lead",
    "crm_lead_knows",
    "crm_links",
    "crm_mapping",
    "crm_mapping_check",
    "crm_mapping_make",
    "crm_mapping_preview",
    "crm_mapping_schema",
    "crm_mapping_set",
    "crm_remove",
    "crm_retry",
    "crm_runs",
    "crm_status",
    "crm_sync",
    "crm_sync_lead",
    "crm_test",
]


def crm_backfill(engine: Engine, name: str, by: str = "") -> dict[str, Any]:
    """Order a job that looks at every lead of a connection, whatever was sent before, and sends what differs.

    Raises:
        NotFoundError: there is no such connection.
    """
    return job_start(engine, BACKFILL, {"connection": name, "by": by}, by)


CRM_COMMANDS = (
    *(crm_kinds, crm_connections, crm_connection, crm_connect, crm_change, crm_remove, crm_test, crm_status),
    *(crm_sync, crm_sync_lead, crm_retry, crm_diff, crm_backfill, crm_runs, crm_failed),
    *(crm_links, crm_lead, crm_lead_knows),
    *(crm_mapping, crm_mapping_set, crm_mapping_check, crm_mapping_make, crm_mapping_preview),
    crm_mapping_schema,
)
