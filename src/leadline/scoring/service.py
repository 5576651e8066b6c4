"""Publishing rulesets: immutable, numbered; the one activated last is in force."""

from pathlib import Path

from django.utils import timezone

from leadline.kernel.errors import NotFoundError
from leadline.scoring.document import bundled_ruleset, content_hash, load_ruleset
from leadline.scoring.models import PublishedRuleset
from leadline.scoring.ruleset import Ruleset


def publish(text: str) -> Ruleset:
    """Publish a document and put it in force. The same document published again keeps its number.

    Raises:
        DocumentError: it is not a valid ruleset.
    """
    ruleset = load_ruleset(text)
    now = timezone.now()
    row, fresh = PublishedRuleset.objects.get_or_create(
        content_hash=content_hash(text), defaults={"name": ruleset.name, "document": text, "activated_at": now}
    )
    if not fresh:
        row.activated_at = now
        row.save(update_fields=["activated_at"])
    return load_ruleset(text, row.pk)


def in_force() -> Ruleset:
    """The ruleset that scores are made with.

    Raises:
        NotFoundError: none was published yet.
    """
    row = PublishedRuleset.objects.order_by("-activated_at", "-pk").first()
    if row is None:
        raise NotFoundError("No ruleset was published yet.", advice="Run `leadline serve` once.")
    return load_ruleset(row.document, row.pk)


def publish_first(name_or_path: str) -> Ruleset:
    """The ruleset in force; on a new installation the named one is published."""
    try:
        return in_force()
    except NotFoundError:
        return publish(find_document(name_or_path))


def find_document(name_or_path: str) -> str:
    """The text of a ruleset given as a path or as the name of a bundled one."""
    path = Path(name_or_path)
    if not path.is_file():
        path = bundled_ruleset(name_or_path)
    return path.read_text(encoding="utf-8")
