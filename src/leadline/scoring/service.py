"""Rulesets by reference: drafts that change, published ones that never do, and which is in force since when and why.

A reference is "" (the one in force), a number, "draft:7", the name of a bundled ruleset, or a whole document.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from leadline.kernel.errors import DocumentError, NotFoundError, TerminalError
from leadline.scoring.document import bundled_ruleset, content_hash, load_ruleset
from leadline.scoring.models import PublishedRuleset, RulesetActivation, RulesetDraft
from leadline.scoring.ruleset import Ruleset

DRAFT = "draft:"
MOST_CHARACTERS = 1_000_000
MOST_NAME, MOST_BY, MOST_WORDS = 80, 120, 500
"""What the columns hold."""
Kind = RulesetActivation.Kind


@dataclass(frozen=True, slots=True)
class Activation:
    """A ruleset was put in force. `by` is empty for one that Leadline put in force itself."""

    number: int
    name: str
    kind: str
    at: datetime
    by: str
    why: str


def ruleset_of(reference: str) -> Ruleset:
    """The ruleset that a reference means; a draft's number is 0.

    Raises:
        NotFoundError: there is none.
        DocumentError: its document is not valid, or there is no bundled one of this name.
    """
    number = int(reference) if _is_number(reference) else number_in_force() if not reference.strip() else 0
    return _loaded(document_of(reference), number)


def document_of(reference: str) -> str:
    """The text that a reference means, valid or not.

    Raises:
        NotFoundError: there is none.
        DocumentError: there is no bundled one of this name.
    """
    if "\n" in reference:
        return reference
    wanted = reference.strip()
    if wanted.startswith(DRAFT):
        return draft_numbered(wanted).document
    if wanted and not _is_number(wanted):
        return bundled_ruleset(wanted).read_text(encoding="utf-8")
    return published_numbered(int(wanted) if wanted else number_in_force()).document


def in_force() -> Ruleset:
    """The ruleset that scores are made with.

    Raises:
        NotFoundError: none was published yet.
    """
    return ruleset_of("")


def number_in_force() -> int:
    """The number of the ruleset that scores are made with.

    Raises:
        NotFoundError: none was published yet.
    """
    newest = _newest_activation()
    if newest is None:
        raise NotFoundError("No ruleset was published yet.", advice="Run `leadline serve` once.")
    return newest


def published_numbered(number: int) -> PublishedRuleset:
    """One published ruleset.

    Raises:
        NotFoundError: there is none of this number.
    """
    row = PublishedRuleset.objects.filter(pk=number).first()
    if row is None:
        raise NotFoundError(f"There is no ruleset {number}.", advice="`leadline rules list` shows those there are.")
    return row


def draft_numbered(reference: str | int) -> RulesetDraft:
    """One draft: its number or "draft:7".

    Raises:
        NotFoundError: there is none.
    """
    number = str(reference).removeprefix(DRAFT)
    row = RulesetDraft.objects.filter(pk=int(number)).first() if _is_number(number) else None
    if row is None:
        raise NotFoundError(f"There is no draft {number!r}.", advice="`leadline rules drafts` shows those there are.")
    return row


@transaction.atomic
def publish(text: str, *, by: str = "", why: str = "") -> Ruleset:
    """Publish a document and put it in force. One that was published before keeps its number and leaves the archive;
    one that is in force stays so and nothing is noted.

    Raises:
        DocumentError: it is not a valid ruleset.
        TerminalError: the reason is too long.
    """
    ruleset = _loaded(_checked_text(text))
    row, _ = PublishedRuleset.objects.get_or_create(
        content_hash=content_hash(text), defaults={"name": ruleset.name[:MOST_NAME], "document": text}
    )
    RulesetDraft.objects.filter(document=text, published=None).update(published=row)
    _activate(row, Kind.PUBLISH, by, why)
    return _loaded(row.document, row.pk)


@transaction.atomic
def roll_back(number: int, *, by: str, why: str) -> Ruleset:
    """Put a ruleset that was published before in force again.

    Raises:
        NotFoundError: there is none of this number.
        TerminalError: it is in force; no reason was given, or a too long one.
    """
    ruleset = check_roll_back(number, why)
    _activate(published_numbered(number), Kind.ROLLBACK, by, why)
    return ruleset


def check_roll_back(number: int, why: str) -> Ruleset:
    """The ruleset that may be put in force again; raises what `roll_back` does."""
    row = published_numbered(number)
    if row.pk == _newest_activation():
        raise TerminalError(f"Ruleset {number} is in force already.", advice="Nothing was changed.")
    if not why.strip():
        raise TerminalError("A roll-back needs a reason.", advice="Say why, in a sentence.")
    return _loaded(row.document, row.pk)


def history() -> list[Activation]:
    """Which ruleset was put in force when, by whom and why; the newest first."""
    rows = RulesetActivation.objects.select_related("ruleset").defer("ruleset__document").order_by("-pk")
    return [Activation(row.ruleset_id, row.ruleset.name, row.kind, row.at, row.by, row.why) for row in rows]


@transaction.atomic
def archive(number: int) -> PublishedRuleset:
    """Offer a published ruleset no more. Its scores stay what they are, and it can be rolled back to by its number.

    Raises:
        NotFoundError: there is none of this number.
        TerminalError: it is in force.
    """
    row = published_numbered(number)
    if row.pk == _newest_activation():
        raise TerminalError(f"Ruleset {number} is in force.", advice="Put another one in force first.")
    row.archived_at = row.archived_at or timezone.now()
    row.save(update_fields=["archived_at"])
    return row


def save_draft(
    name: str, text: str, *, by: str, note: str = "", base: int | None = None, origin: str = RulesetDraft.Origin.HAND
) -> RulesetDraft:
    """Keep a document as a new draft, valid or not. `base`: the number of the ruleset that it was begun from.

    Raises:
        NotFoundError: there is no ruleset of that number.
        TerminalError: it has no name, or one of the texts is too long.
    """
    return RulesetDraft.objects.create(
        name=_checked_name(name),
        document=_checked_text(text),
        note=_checked_words(note),
        base=None if base is None else published_numbered(base),
        origin=RulesetDraft.Origin(origin),
        created_by=by[:MOST_BY],
    )


@transaction.atomic
def update_draft(
    number: int, *, text: str | None = None, name: str | None = None, note: str | None = None, was: str = ""
) -> RulesetDraft:
    """Change a draft; what is not given stays.

    Args:
        was: the hash of the document that the editor began with; empty overwrites whatever is there.

    Raises:
        NotFoundError: there is none of this number.
        TerminalError: it was published or archived, somebody else changed it since, or a text is too long.
    """
    draft_numbered(number)
    row = RulesetDraft.objects.select_for_update().get(pk=number)  # the second of two editors sees what the first wrote
    _check_open(row)
    if was and was != content_hash(row.document):
        raise TerminalError(
            "Somebody else changed this draft since you opened it.", advice="Keep your text, and load the page again."
        )
    row.document = row.document if text is None else _checked_text(text)
    row.name = row.name if name is None else _checked_name(name)
    row.note = row.note if note is None else _checked_words(note)
    row.save()
    return row


def archive_draft(number: int) -> RulesetDraft:
    """Put a draft away.

    Raises:
        NotFoundError: there is none of this number.
    """
    row = draft_numbered(number)
    row.archived_at = row.archived_at or timezone.now()
    row.save(update_fields=["archived_at"])
    return row


def publish_first(name_or_path: str) -> Ruleset:
    """The ruleset in force; on a new installation the named one is published."""
    try:
        return in_force()
    except NotFoundError:
        return publish(find_document(name_or_path), why="The first ruleset of this installation.")


def find_document(name_or_path: str) -> str:
    """The text of a ruleset given as a path or as the name of a bundled one."""
    path = Path(name_or_path)
    if not path.is_file():
        path = bundled_ruleset(name_or_path)
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=32)
def _loaded(text: str, number: int = 0) -> Ruleset:
    """A ruleset never changes, so that reading its document once is enough."""
    return load_ruleset(text, number)


def _activate(row: PublishedRuleset, kind: str, by: str, why: str) -> None:
    if row.archived_at is not None:
        row.archived_at = None
        row.save(update_fields=["archived_at"])
    if row.pk != _newest_activation():
        RulesetActivation.objects.create(
            ruleset=row, kind=kind, at=timezone.now(), by=by[:MOST_BY], why=_checked_words(why)
        )


def _newest_activation() -> int | None:
    return RulesetActivation.objects.order_by("-pk").values_list("ruleset", flat=True).first()


def _is_number(text: str) -> bool:
    text = text.strip()
    return text.isascii() and text.isdecimal() and len(text) < 10


def _check_open(row: RulesetDraft) -> None:
    if row.published_id is not None:
        raise TerminalError(f"Draft {row.pk} was published as ruleset {row.published_id}.", advice="Begin a new draft.")
    if row.archived_at is not None:
        raise TerminalError(f"Draft {row.pk} is archived.", advice="Begin a new draft from it.")


def _checked_text(text: str) -> str:
    if "\0" in text:
        raise DocumentError("The document has a NUL character, which no text has.")
    # A reference has no line break: a document that has none, such as JSON on one line, would be taken for a name.
    return _checked(text if "\n" in text else f"{text}\n", MOST_CHARACTERS, "document", DocumentError)


def _checked_name(name: str) -> str:
    if not name.strip():
        raise TerminalError("A draft needs a name.", advice="Say in a few words what it changes.")
    return _checked(name.strip(), MOST_NAME, "name", TerminalError)


def _checked_words(words: str) -> str:
    return _checked(words.strip(), MOST_WORDS, "text", TerminalError)


def _checked(text: str, most: int, what: str, error: Callable[..., TerminalError]) -> str:
    if len(text) > most:
        raise error(f"The {what} has {len(text):,} characters.", advice=f"It may have {most:,}.")
    return text.replace("\0", "")
