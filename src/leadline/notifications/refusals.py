"""Notices that are not sent, because the person refused what they are made of, or that they go there."""

from collections.abc import Iterable

from django.db.models import Q

from leadline.notifications.models import Channel, Notice

UNPERMITTED = Q(lead__profiling_allowed=False) | Q(lead__merged_into__profiling_allowed=False)
UNSHARED = Q(lead__sharing_allowed=False) | Q(lead__merged_into__sharing_allowed=False)
NO_PROFILING = "The person refused profiling."
NO_SHARING = "The person refused sale or sharing, and the channel is for advertising."


def skip_refused(channel: Channel) -> int:
    """Take what waits for a channel, and may not be sent any more, off it. Returns how many notices."""
    due = Notice.objects.filter(channel=channel, state=Notice.State.DUE)
    skipped = _skip(due.filter(UNPERMITTED).values_list("pk", flat=True), NO_PROFILING)
    if channel.advertising:
        skipped += _skip(due.filter(UNSHARED).values_list("pk", flat=True), NO_SHARING)
    return skipped


def _skip(numbers: Iterable[int], why: str) -> int:
    rows = Notice.objects.filter(pk__in=list(numbers), state=Notice.State.DUE)
    return rows.update(state=Notice.State.SKIPPED, message=why)
