"""What salespeople write on a lead: that they take it, and that they spoke to the person.

Each writes its own columns only, so that an evaluation that runs at the same moment loses nothing.
"""

from datetime import datetime

from leadline.qualification.models import Standing


def accept(lead: int, owner: str, at: datetime) -> bool:
    """Take a lead: from now on nothing demotes it by itself. False when somebody had accepted it before."""
    fresh = Standing.objects.filter(pk=lead, accepted_at=None)
    return fresh.update(accepted_at=at, owner=owner[:120]) == 1


def log_first_contact(lead: int, owner: str, at: datetime) -> bool:
    """Note that somebody spoke to a lead; a lead without an owner becomes theirs. False when it was noted before."""
    if not Standing.objects.filter(pk=lead, contacted_at=None).update(contacted_at=at):
        return False
    Standing.objects.filter(pk=lead, owner="").update(owner=owner[:120])
    return True
