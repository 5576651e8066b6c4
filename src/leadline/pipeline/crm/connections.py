"""Connections made, changed, tested and removed, by people."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from django.core.validators import slug_re
from django.db import IntegrityError, transaction

from leadline.crm.connector import FOR_ADVERTISING, ConnectorKind, Setting
from leadline.crm.connectors import kind_of, kinds
from leadline.crm.errors import CRMError
from leadline.crm.mapping import read_mapping
from leadline.crm.models import Connection
from leadline.crm.redacting import without
from leadline.crm.runs import open_connector, tested_well
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline.crm.shapes import told_connections, told_kind
from leadline.pipeline.engine import Engine

LONGEST_NAME = 40
"""The event source of its deals is called after it, with a few letters before."""
LONGEST_VALUE = 20_000
SOONEST_SECONDS, LATEST_SECONDS = 10, 86_400
logger = logging.getLogger(__name__)


def connection_named(name: str) -> Connection:
    """A connection.

    Raises:
        NotFoundError: there is none of that name.
    """
    found = Connection.objects.filter(name=name).first()
    if found is None:
        names = ", ".join(Connection.objects.order_by("name").values_list("name", flat=True))
        advice = f"There are: {names}." if names else "Make one: leadline crm connect"
        raise NotFoundError(f"There is no CRM connection {name!r}.", advice=advice)
    return found


def crm_kinds(engine: Engine) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """What can be connected, and what each needs to know."""
    return [told_kind(kind) for kind in kinds().values()]


def crm_connections(engine: Engine) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """Every connection with how it is."""
    return told_connections(list(Connection.objects.order_by("name")), utc_now())


def crm_connection(engine: Engine, name: str) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """One connection with how it is."""
    return told_connections([connection_named(name)], utc_now())[0]


def crm_status(engine: Engine) -> dict[str, Any]:
    """How all connections are. `ok`: none is stopped, in trouble or waiting."""
    found = crm_connections(engine)
    unwell = {"stopped", "trouble", "waiting"}
    return {"ok": not any(each["health"] in unwell for each in found), "connections": found}


def connections_briefly() -> list[dict[str, str]]:
    """Each connection's name and how it is, for the status of the whole."""
    told = told_connections(list(Connection.objects.order_by("name")), utc_now())
    return [{name: each[name] for name in ("name", "kind", "health", "words")} for each in told]


def crm_connect(
    engine: Engine,
    name: str,
    kind: str,
    settings: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    mapping: str = "",
    enabled: bool = True,
    every_seconds: int | None = None,
    by: str = "",
) -> dict[str, Any]:
    """Make a connection. Nothing is sent before its first run; test it first.

    Raises:
        NotFoundError: there is no such kind of CRM.
        TerminalError: the name is taken, or something is missing; the advice says what.
        DocumentError: the mapping has faults.
    """
    of = kind_of(kind)
    _check_name(name)
    text = mapping or of.mapping
    read_mapping(text)
    row = Connection(
        name=name,
        kind=kind,
        settings=_given(of, settings or {}, {}, secret=False),
        secrets=_given(of, secrets or {}, {}, secret=True),
        mapping=text,
        enabled=enabled,
        every_seconds=_seconds(of.every if every_seconds is None else every_seconds),
        created_by=by[:120],
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise TerminalError(f"There is a connection {name!r} already.", advice="Choose another name.") from error
    logger.info("CRM connection %s (%s) was made by %s", name, kind, by)
    return crm_connection(engine, name)


def crm_change(
    engine: Engine,
    name: str,
    settings: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    enabled: bool | None = None,
    every_seconds: int | None = None,
    by: str = "",
) -> dict[str, Any]:
    """Change what is given; the rest stays. A connection that was stopped may run again by itself.

    Raises:
        NotFoundError: there is no such connection.
        TerminalError: something is not as it must be; nothing was changed.
    """
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection_named(name).pk)
        of = kind_of(row.kind)
        row.settings = _given(of, settings or {}, row.settings, secret=False)
        row.secrets = _given(of, secrets or {}, row.secrets or {}, secret=True)
        row.enabled = row.enabled if enabled is None else enabled
        row.every_seconds = row.every_seconds if every_seconds is None else _seconds(every_seconds)
        row.save(update_fields=["settings", "secrets", "enabled", "every_seconds"])
        tested_well(row)
    changed = [*(settings or {}), *(secrets or {})]
    logger.info("CRM connection %s was changed by %s: %s", name, by, ", ".join(changed) or "whether and when it runs")
    return crm_connection(engine, name)


def crm_remove(engine: Engine, name: str, by: str = "") -> dict[str, Any]:
    """Remove a connection with all that is known of its records. In the CRM everything stays as it is.

    Raises:
        NotFoundError: there is no such connection.
    """
    gone = crm_connection(engine, name)
    leads = list(connection_named(name).links.values_list("lead", flat=True))
    connection_named(name).delete()
    engine.changes.note_rescored(leads)
    logger.info("CRM connection %s was removed by %s", name, by)
    return gone


def crm_test(engine: Engine, name: str) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Sign in and say who we are. Reads only; one that was stopped may run again by itself when it goes well.

    Raises:
        NotFoundError: there is no such connection.
    """
    row = connection_named(name)
    try:
        with closing(open_connector(row)) as connector:
            about = connector.check()
    except CRMError as error:
        message, advice = _told(row, error)
        return {**_about(name, ok=False), "message": message, "advice": _of_a_test(advice)}
    tested_well(row)
    return {
        **_about(name, ok=True),
        "product": about.product,
        "version": about.version,
        "account": about.account,
        "user": about.user,
        "notes": list(about.notes),
    }


def _of_a_test(advice: str) -> str:
    """Runs are tried again by themselves; a test is not, and a connection that is off has no runs."""
    promise = "It is tried again by itself."
    return (advice.replace(promise, "").strip() or "Test it again in a while.") if promise in advice else advice


def _about(name: str, *, ok: bool) -> dict[str, Any]:
    empty = dict.fromkeys(("product", "version", "account", "user", "message", "advice"), "")
    return {"connection": name, "ok": ok, **empty, "notes": []}


def _told(row: Connection, error: CRMError) -> tuple[str, str]:
    """What the CRM said, without anything secret that it may have repeated."""
    secrets = (row.secrets or {}).values()
    return without(error.message, secrets), without(error.advice, secrets)


def _check_name(name: str) -> None:
    if not slug_re.match(name) or len(name) > LONGEST_NAME:
        raise TerminalError(
            f"{name[:60]!r} cannot name a connection.",
            advice=f"Use letters, digits, hyphens and underscores, at most {LONGEST_NAME}, such as odoo.",
        )


def _seconds(every: int) -> int:
    if not SOONEST_SECONDS <= every <= LATEST_SECONDS:
        raise TerminalError(
            f"Every {every} seconds can't be.", advice=f"Use {SOONEST_SECONDS} to {LATEST_SECONDS:,} seconds."
        )
    return every


def _given(kind: ConnectorKind, given: Mapping[str, str], before: Mapping[str, str], *, secret: bool) -> dict[str, str]:
    """The settings or the secrets: what is given in place of what was, defaults for the rest.

    Raises:
        TerminalError: one is not known, is missing, or is too long.
    """
    known = [each for each in kind.all_settings if each.secret is secret]
    _refuse_unknown(kind, known, given, secret=secret)
    values = {each.name: given.get(each.name, before.get(each.name, each.default)).strip() for each in known}
    if values.get(FOR_ADVERTISING, "") not in ("", "yes", "no"):
        raise TerminalError(f"{FOR_ADVERTISING} is {values[FOR_ADVERTISING][:20]!r}.", advice="Say yes or no.")
    missing = [each for each in known if each.required and not values[each.name]]
    if missing:
        raise TerminalError(
            f"{kind.label} needs {' and '.join(each.label for each in missing)} ({_names(missing)}).",
            advice=next((each.advice for each in missing if each.advice), f"See {kind.guide}."),
        )
    kept = {name: value for name, value in before.items() if name not in values}
    return {**kept, **{name: value for name, value in values.items() if value}}


def _refuse_unknown(kind: ConnectorKind, known: Sequence[Setting], given: Mapping[str, str], *, secret: bool) -> None:
    names = {each.name for each in known}
    for name, value in given.items():
        if name not in names:
            other = {each.name for each in kind.all_settings}
            what = "secret" if secret else "setting"
            advice = f"It is {'no secret: give it as a setting' if secret else 'secret: give it as a secret'}."
            raise TerminalError(
                f"{kind.label} has no {what} {name[:60]!r}.",
                advice=advice if name in other else f"It has: {_names(known) or 'none'}.",
            )
        if not isinstance(value, str) or len(value) > LONGEST_VALUE:
            raise TerminalError(f"{name} must be a text of at most {LONGEST_VALUE:,} characters.")


def _names(settings: Sequence[Setting]) -> str:
    return ", ".join(each.name for each in settings)
