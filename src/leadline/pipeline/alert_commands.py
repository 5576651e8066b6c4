"""Commands on alerts: what the command line, the API and the pages do with them. Results are plain data."""

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from leadline.accounts.models import User
from leadline.analytics.alert_words import rule_words
from leadline.analytics.alerting import Comparison
from leadline.analytics.models import Alert, AlertFiring
from leadline.analytics.periods import Grain
from leadline.analytics.segments import parse_segment
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline import alert_mail, alerts
from leadline.pipeline.alert_preview import preview
from leadline.pipeline.alerts import rule_of
from leadline.pipeline.engine import Engine
from leadline.pipeline.reports.measuring import known_measure

SIDES = ("above", "below", "both")
MOST_RECIPIENTS = 50
LONGEST_SILENCE = 24 * 366
FIELDS = ("metric", "segment", "grain", "rule", "side", "value", "least", "quiet_hours")


def read_recipients(texts: Iterable[str]) -> list[str]:
    """Mail addresses, each once, as they are written.

    Raises:
        TerminalError: one is no address, or there are too many.
    """
    found = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    for address in found:
        try:
            validate_email(address)
        except ValidationError as error:
            raise TerminalError(f"{address[:80]!r} is no mail address.", advice="Write name@example.com.") from error
    if len(found) > MOST_RECIPIENTS:
        raise TerminalError(f"{len(found)} recipients are too many.", advice=f"{MOST_RECIPIENTS} at most.")
    return found


def check_recipients(addresses: Iterable[str], *, anybody: bool) -> None:
    """Raises:
    TerminalError: an address is no user's, and only users may be chosen.
    """
    known = {email.lower() for email in User.objects.filter(is_active=True).values_list("email", flat=True)}
    strangers = [address for address in addresses if address.lower() not in known]
    if strangers and not anybody:
        advice = "An administrator may enter addresses of others."
        raise TerminalError(f"{strangers[0]} is no user.", advice=advice)


def alert_of(number: int) -> Alert:
    """One alert.

    Raises:
        NotFoundError: there is none of that number.
    """
    found = Alert.objects.filter(pk=number).first()
    if found is None:
        raise NotFoundError(f"There is no alert {number}.", advice="See them: leadline alerts list.")
    return found


def fill(engine: Engine, alert: Alert, given: dict[str, Any]) -> Alert:
    """An alert with what is given, checked, not saved.

    Raises:
        LeadlineError: it makes no sense; the text says what does.
    """
    for name in FIELDS:
        if name in given:
            setattr(alert, name, given[name])
    about = known_measure(engine.ruleset, alert.metric)
    alert.segment = parse_segment(alert.segment).text
    alert.name = str(given.get("name", alert.name) or "").strip()[:120] or about.label
    if "recipients" in given:
        alert.recipients = read_recipients(given["recipients"])
    _check(alert)
    return alert


def _check(alert: Alert) -> None:
    for word, allowed in ((alert.rule, Comparison), (alert.grain, Grain), (alert.side, SIDES)):
        if word not in list(allowed):
            raise TerminalError(f"{word[:40]!r} is not known.", advice=f"Use {', '.join(allowed)}.")
    if alert.rule == Comparison.WEEKDAY and alert.grain != Grain.DAY:
        raise TerminalError("Only days are compared with the same weekday.", advice="Use change, or grain day.")
    if alert.rule == Comparison.THRESHOLD and alert.side == "both":
        raise TerminalError("A threshold is watched on one side.", advice="Use above or below.")
    if not math.isfinite(alert.value) or (alert.value < 0 and alert.rule != Comparison.THRESHOLD):
        raise TerminalError(f"The value can't be {alert.value}.", advice="Use a number from 0 on.")
    if alert.rule == Comparison.ANOMALY and not 0 < alert.value <= 0.5:
        raise TerminalError("Of what is usual, give the share that may fire.", advice="0.01 is 1 in 100; 0.5 at most.")
    if alert.rule in {Comparison.CHANGE, Comparison.WEEKDAY} and not alert.value:
        raise TerminalError("A change needs a share.", advice="0.3 is 30%.")
    if not 0 <= alert.quiet_hours <= LONGEST_SILENCE:
        raise TerminalError(f"{alert.quiet_hours} quiet hours are too many.", advice=f"{LONGEST_SILENCE} at most.")


def alert_list(engine: Engine) -> list[dict[str, Any]]:
    """Every alert with its last firing."""
    return [described(engine, alert) for alert in Alert.objects.order_by("pk")]


def alert_add(engine: Engine, by: str = "", *, anybody: bool = True, **given: Any) -> dict[str, Any]:
    """Make an alert. `given`: the fields of `Alert`; left out they have its defaults. It judges from the last complete
    bucket on."""
    alert = fill(engine, Alert(created_by=by[:120]), given)
    check_recipients(alert.recipients, anybody=anybody)
    alert.save()
    return described(engine, alert)


def alert_change(engine: Engine, number: int, *, anybody: bool = True, **given: Any) -> dict[str, Any]:
    """Change an alert; what is not given stays. Whom it mailed before it may go on mailing."""
    alert = alert_of(number)
    before = set(alert.recipients)
    fill(engine, alert, given)
    check_recipients([each for each in alert.recipients if each not in before], anybody=anybody)
    alert.save()
    return described(engine, alert)


def alert_preview(engine: Engine, number: int = 0, **given: Any) -> dict[str, Any]:
    """How often an alert would have fired: of a kept one, or of one that is only described."""
    alert = fill(engine, alert_of(number) if number else Alert(), given)
    return preview(engine, alert, utc_now()).as_dict()


def alert_check(engine: Engine, number: int = 0) -> list[dict[str, Any]]:
    """Judge what is due now, and mail. Returns what fired."""
    now = utc_now()
    only = alert_of(number).pk if number else None
    fired = alerts.check(engine, now, only)
    alert_mail.mail_waiting(engine, now)
    return [told(AlertFiring.objects.get(pk=each.pk)) for each in fired]


def alert_remove(engine: Engine, number: int) -> dict[str, Any]:
    """Remove an alert with its firings."""
    alert = alert_of(number)
    gone = described(engine, alert)
    alert.delete()
    return gone


def alert_enable(engine: Engine, number: int, *, enabled: bool = True) -> dict[str, Any]:
    """Switch an alert on or off. Switched on, it judges from then on: not what passed meanwhile."""
    alert = alert_of(number)
    if enabled and not alert.enabled:
        alert.checked_at = utc_now()
    alert.enabled = enabled
    alert.save(update_fields=["enabled", "checked_at"])
    return described(engine, alert)


def alert_seen(engine: Engine, firing: int, by: str = "") -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Say that somebody saw a firing."""
    row = AlertFiring.objects.filter(pk=firing).first()
    if row is None:
        raise NotFoundError(f"There is no firing {firing}.")
    if row.seen_at is None:
        row.seen_at, row.seen_by = utc_now(), by[:120]
        row.save(update_fields=["seen_at", "seen_by"])
    return told(row)


def described(engine: Engine, alert: Alert) -> dict[str, Any]:
    """An alert as JSON takes it."""
    last = alert.firings.order_by("-bucket").first()
    return {
        "number": alert.pk,
        "name": alert.name,
        **{name: getattr(alert, name) for name in FIELDS},
        "words": words_of(engine, alert),
        "recipients": alert.recipients,
        "enabled": alert.enabled,
        "by": alert.created_by,
        "checked_at": _iso(alert.checked_at),
        "last": told(last) if last else None,
    }


def words_of(engine: Engine, alert: Alert) -> str:
    """Its metric and rule in words; of a metric that the ruleset in force no longer has, that."""
    try:
        about = known_measure(engine.ruleset, alert.metric)
    except NotFoundError as error:
        return error.message
    return f"{about.label}: {rule_words(rule_of(alert, about), about, settings.CURRENCY)}"


def told(row: AlertFiring) -> dict[str, Any]:
    """A firing as JSON takes it."""
    return {
        "number": row.pk,
        "alert": row.alert_id,
        "bucket": row.bucket.isoformat(),
        "at": _iso(row.at),
        "value": row.value,
        "expected": row.expected,
        "sentence": row.sentence,
        "mailed_at": _iso(row.mailed_at),
        "mail_trouble": row.mail_trouble,
        "seen_at": _iso(row.seen_at),
        "seen_by": row.seen_by,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


ALERT_COMMANDS = (
    *(alert_list, alert_add, alert_change, alert_preview, alert_check, alert_remove, alert_enable, alert_seen),
)
