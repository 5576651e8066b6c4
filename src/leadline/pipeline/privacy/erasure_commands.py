"""Erasures as commands: asked for, looked at, and done again after a backup was restored."""

from pathlib import Path
from typing import Any

from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError
from leadline.pipeline.engine import Engine
from leadline.pipeline.finding import survivor
from leadline.pipeline.privacy import erasures, ledger
from leadline.privacy.models import Erasure
from leadline.tracking.models import Identity


def privacy_erase(engine: Engine, lead: str, crm: str = Erasure.CRM.DELETE.value) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Have a person erased; a job of the kind "erasure" does it.

    Raises:
        NotFoundError: nobody fits.
        TerminalError: several people may be meant, or `crm` is neither delete, anonymise nor keep.
    """
    return erasures.told([erasures.ask(str(lead), crm, utc_now())])[0]


def privacy_erasures(engine: Engine, limit: int = 20, erasure: int = 0) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """The newest erasures with their proofs, or one by its number."""
    rows = Erasure.objects.order_by("-pk")
    return erasures.told(list((rows.filter(pk=erasure) if erasure else rows)[:limit]))


def privacy_reapply(engine: Engine, path: str = "", crm: str = Erasure.CRM.DELETE.value) -> dict[str, Any]:
    """Have everybody erased again whom a restored backup brought back; a job of the kind "erasure" does it.

    Args:
        path: a ledger's file, as it was kept; empty for the one in the data folder.

    Returns:
        learnt: how many names the record store did not know as erased; erasures: how many were asked for.

    Raises:
        NotFoundError: there is no such file.
        DocumentError: it is none.
        TerminalError: `crm` is neither delete, anonymise nor keep.
    """
    erasures.check_crm(crm)
    file = Path(path) if path else engine.data / ledger.FILE_NAME
    if path and not file.is_file():
        raise NotFoundError(f"There is no file {path}.", advice=f"Give the copy that was kept of {ledger.FILE_NAME}.")
    learnt = ledger.merge(file)
    asked = {_asked(identity, crm).pk for identity in ledger.restored(file)}
    return {"learnt": learnt, "erasures": len(asked)}


def _asked(identity: Identity, crm: str) -> Erasure:
    if identity.lead is None:
        return erasures.ask_name(identity.pk, crm, utc_now())
    return erasures.ask_lead(survivor(identity.lead).pk, crm, utc_now())


ERASURE_COMMANDS = (privacy_erase, privacy_erasures, privacy_reapply)
