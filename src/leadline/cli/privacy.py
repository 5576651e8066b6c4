"""`leadline privacy`: what is held about people, and what they may ask: access, portability, erasure."""

from pathlib import Path

import typer

from leadline.cli.erasing import add_erasing
from leadline.cli.fitting import print_rows
from leadline.cli.privacy_requests import add_requests
from leadline.cli.retention import add_retention
from leadline.cli.session import Json, ask, console, migrate, print_json, start_django
from leadline.kernel.errors import TerminalError
from leadline.kernel.figures import counted

privacy = typer.Typer(help="What is held about people, and what they may ask.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    add_erasing(privacy)
    add_requests(privacy)
    add_retention(privacy)
    app.add_typer(privacy, name="privacy")


@privacy.command(name="kinds")
def list_kinds(as_json: bool = Json) -> None:
    """List the kinds of personal data: where each lies, what for, and for how long."""
    start_django()
    from leadline.pipeline.privacy.registry import all_kinds

    rows = [
        {"name": kind.name, "title": kind.title, "store": kind.store.value, "about": kind.whose.value}
        | {"holds": kind.holds, "purpose": kind.purpose, "basis": kind.basis, "recipients": list(kind.recipients)}
        | {"retention": kind.retention, "covers": list(kind.covers), "given": kind.given}
        for kind in all_kinds()
    ]
    if as_json:
        print_json(rows)
        return
    migrate()
    from leadline.pipeline.privacy.retention import periods_now
    from leadline.privacy.retention_rules import kept

    periods = periods_now()
    told = [
        [str(row["name"]), str(row["store"]), str(row["holds"]), kept(str(row["retention"]), periods)] for row in rows
    ]
    print_rows(("Kind", "Store", "What", "Kept"), told)


@privacy.command()
def find(email: str = typer.Argument(help="An e-mail address."), as_json: bool = Json) -> None:
    """Find everybody who is known by an e-mail address, before you answer a request."""
    people = ask("privacy_find", email=email)
    if as_json:
        print_json(people)
        return
    if not people:
        console.print(f"Nobody is known as {email}.")
        return
    told = list[list[str]]()
    for row in people:
        names = ", ".join(name["value"] for name in row["names"])
        told.append([str(row["lead"] or "-"), ", ".join(map(str, row["merged"])) or "-", names])
    print_rows(("Lead", "Merged into it", "Names"), told, folded=("Names",))


@privacy.command()
def search(
    words: list[str] = typer.Argument(help="Names, addresses, ids: of three letters and more."), as_json: bool = Json
) -> None:
    """Look for words in all that is stored, opened: before an erasure they are found, afterwards nowhere."""
    answer = ask("privacy_search", words=words)
    if as_json:
        print_json(answer)
        return
    if answer["found"]:
        told = [[each["store"], each["where"], f"{each['found']:,}"] for each in answer["found"]]
        print_rows(("Store", "Where", "Found"), told)
    else:
        console.print("Found nowhere.")
    read = [
        f"all bytes of {count:,} files" if store == "files" else f"{count:,} values of the {store}"
        for store, count in answer["read"].items()
    ]
    console.print(f"Read: {', '.join(read)}.")


@privacy.command()
def access(
    lead: str = typer.Argument(help="A lead's number, a user id or an e-mail address."),
    out: Path = typer.Option(..., "--out", "-o", help="The zip file to write."),
    portable: bool = typer.Option(False, "--portable", help="Only what the person gave themselves: JSON and CSV."),
    user: bool = typer.Option(False, "--user", help="Of somebody who signs in here, by their e-mail address."),
    as_json: bool = Json,
) -> None:
    """Write a person's archive: everything held about them, to read and for programs, and to whom it was sent."""
    done = ask("privacy_access", whom=lead, path=str(out.resolve()), portable=portable, user=user)
    if as_json:
        print_json(done)
        return
    console.print(f"{counted(done['records'], 'record')} in {done['file']}. Only you may read it.")
    if done["sent_to"]:
        console.print(f"Sent to: {', '.join(done['sent_to'])}.")


@privacy.command()
def documents(
    out: Path = typer.Option(..., "--out", "-o", help="The folder for the files; it is made when missing."),
    controller: str = typer.Option("", help="Name and address of the controller."),
    contact: str = typer.Option("", help="Where people turn to with requests."),
    officer: str = typer.Option("", help="The data protection officer."),
    as_json: bool = Json,
) -> None:
    """Write the privacy documents as Markdown and HTML: record of processing, data map, retention, DPIA, notice."""
    start_django()
    migrate()
    from leadline.kernel.clock import utc_day, utc_now
    from leadline.pipeline.privacy.documents import documents as all_documents
    from leadline.pipeline.privacy.documents import responsible

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TerminalError(f"{out} is no folder that can be made.", advice="Name another one.") from error
    written = []
    for document in all_documents(responsible(controller, contact, officer), utc_day(utc_now())):
        for ending, text in (("md", document.markdown()), ("html", document.page())):
            path = out / f"{document.name}.{ending}"
            path.write_text(text, encoding="utf-8")
            written.append(str(path))
    if as_json:
        print_json({"files": written})
        return
    console.print("\n".join(written))
