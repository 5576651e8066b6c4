"""Time in words: relative up to a week, then a date. Pure: now and the viewer's zone are arguments."""

from datetime import datetime, timedelta, tzinfo

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK_DAYS = 7


def ago(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """ "just now", "38 minutes ago", "2 hours ago", "yesterday", "3 days ago", "12 Nov"; a future one is a date."""
    past = now - moment
    if past < -MINUTE:
        return ahead(moment, now, zone)
    if past < MINUTE:
        return "just now"
    if past < HOUR:
        return f"{_many(past // MINUTE, 'minute')} ago"
    if past < DAY:
        return f"{_many(past // HOUR, 'hour')} ago"
    days = days_between(moment, now, zone)
    if days <= 1:
        return "yesterday"
    return f"{days} days ago" if days <= WEEK_DAYS else date(moment, now, zone)


def ahead(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment to come: "today 16:00", "tomorrow 10:00", "Mon 10:00", "12 Nov"."""
    local = moment.astimezone(zone)
    days = -days_between(moment, now, zone)
    if days > WEEK_DAYS:
        return date(moment, now, zone)
    word = {0: "today", 1: "tomorrow"}.get(days, f"{local:%a}")
    return f"{word} {local:%H:%M}"


def on_timeline(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """As a timeline's margin shows it: "09:14" today, "Thu 14:20" this week, "12 Nov" before."""
    local = moment.astimezone(zone)
    days = days_between(moment, now, zone)
    if days == 0:
        return f"{local:%H:%M}"
    return f"{local:%a %H:%M}" if 0 < days < WEEK_DAYS else date(moment, now, zone)


def clock(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """To the second, as a log shows it: "09:14:05" today, "12 Nov 09:14:05" before."""
    local = moment.astimezone(zone)
    day = "" if days_between(moment, now, zone) == 0 else f"{date(moment, now, zone)} "
    return f"{day}{local:%H:%M:%S}"


def date(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """ "12 Nov", with the year when it is another one."""
    local = moment.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{local.day} {local:%b}{year}"


def exact(moment: datetime, zone: tzinfo) -> str:
    """For the hover: "Thu 12 Nov 2026, 09:14:05 AEST"."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M:%S %Z}"


def span(length: timedelta) -> str:
    """A length in its largest unit: "40 s", "38 min", "2 h", "3 days"."""
    if length < MINUTE:
        return f"{length.seconds} s"
    if length < HOUR:
        return f"{length // MINUTE} min"
    return f"{length // HOUR} h" if length < 2 * DAY else f"{length // DAY} days"


def days_between(moment: datetime, now: datetime, zone: tzinfo) -> int:
    """Calendar days from `moment` to `now` as the viewer counts them."""
    return (now.astimezone(zone).date() - moment.astimezone(zone).date()).days


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
