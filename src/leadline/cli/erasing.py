"""`leadline privacy erase`, `erasures` and `reapply`: people taken out of everything, and the proof of it."""

from pathlib import Path
from typing import Any

import typer

from leadline.cli.fitting import print_rows
from leadline.cli.long_work import carry_out
from leadline.cli.session import Json, ask, console, print_json, start_django
from leadline.kernel.errors import NotFoundError

Yes = typer.Option(False, "--yes", "-y", help="Do not ask.")
InCRM = typer.Option("delete", "--crm", help="Their records in CRM systems: delete, anonymise or keep.")


def add_erasing(privacy: typer.Typer) -> None:
    """Add the commands to the group."""
    privacy.command(name="erase")(erase)
    privacy.command(name="erasures")(list_erasures)
    privacy.command(name="reapply")(reapply)


def erase(
    lead: str = typer.Argument(help="A lead's number, a user id or an e-mail address."),
    crm: str = InCRM,
    yes: bool = Yes,
    as_json: bool = Json,
) -> None:
    """Erase a person from everything, for good. Returns when nothing is left."""
    if not yes:
        typer.confirm(f"Erase {lead} for good? It can't be undone.", abort=True)
    asked = ask("privacy_erase", lead=lead, crm=crm)
    carry_out("erasure", {"erasure": asked["erasure"]}, "command line", "Erasing")
    proof = ask("privacy_erasures", erasure=asked["erasure"])[0]
    if as_json:
        print_json(proof)
        return
    _show_proof(proof)


def list_erasures(
    limit: int = typer.Option(20, min=1, help="How many of the newest."),
    erasure: int = typer.Option(0, "--number", help="Only this one, with its proof."),
    as_json: bool = Json,
) -> None:
    """List erasures and their proofs."""
    found = ask("privacy_erasures", limit=limit, erasure=erasure)
    if erasure and not found:
        raise NotFoundError(f"There is no erasure {erasure}.", advice="See them: leadline privacy erasures")
    if as_json:
        print_json(found)
    elif erasure and found:
        _show_proof(found[0])
    else:
        _show_all(found)


def reapply(
    path: Path | None = typer.Option(None, "--ledger", help="The ledger that was kept; else that of the data folder."),
    crm: str = InCRM,
    yes: bool = Yes,
    as_json: bool = Json,
) -> None:
    """Erase again whom a restored backup brought back."""
    given = {"path": str(path.resolve())} if path else {}
    if not yes:
        typer.confirm("Erase again everybody in the ledger who is here with a past?", abort=True)
    found = ask("privacy_reapply", crm=crm, **given)
    if found["erasures"]:
        carry_out("erasure", {}, "command line", "Erasing")
    if as_json:
        print_json(found)
        return
    console.print(f"{found['erasures']} people were erased again; {found['learnt']} names were new to the ledger.")


def _show_proof(proof: dict[str, Any]) -> None:
    console.print(f"Lead {proof['lead'] or '-'} is {proof['state']} (erasure {proof['erasure']}).")
    if proof["trouble"]:
        console.print(proof["trouble"])
    start_django()
    from leadline.pipeline.privacy.proof import proof_lines

    lines = [
        [line.title, str(line.erased), "-" if line.left is None else str(line.left)] for line in proof_lines(proof)
    ]
    print_rows(("Kind of data", "Erased", "Left"), lines)
    for fate in proof.get("elsewhere", []):
        console.print(f"{fate['crm']}, record {fate['record']}: {fate['outcome']} {fate['why']}".rstrip())


def _show_all(found: list[dict[str, Any]]) -> None:
    if not found:
        console.print("Nobody was erased.")
        return
    print_rows(("Erasure", "Lead", "State", "Asked", "Finished", "Trouble"), [_erasure(row) for row in found])


def _erasure(row: dict[str, Any]) -> list[str]:
    asked, finished = (str(row[name] or "")[:16].replace("T", " ") for name in ("asked_at", "finished_at"))
    return [str(row["erasure"]), str(row["lead"] or "-"), row["state"], asked, finished, row["trouble"]]
