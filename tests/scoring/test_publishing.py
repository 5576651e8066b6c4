"""Rulesets by reference: what is in force since when, by whom and why; what never changes; what only a draft may be."""

from typing import Any

import pytest

from leadline.kernel.errors import DocumentError, NotFoundError, TerminalError
from leadline.scoring import service
from leadline.scoring.document import content_hash
from leadline.scoring.models import PublishedRuleset, RulesetActivation, RulesetDraft

pytestmark = pytest.mark.django_db
FIRST = service.find_document("offshore-staffing")
SECOND = FIRST.replace("engagement:\n    weight: 20", "engagement:\n    weight: 80")


def two() -> tuple[int, int]:
    """Two published rulesets; the second is in force."""
    first = service.publish(FIRST, by="ada", why="The first.")
    return first.number, service.publish(SECOND, by="bea", why="Visits count more.").number


def test_publishing_puts_in_force_with_who_when_and_why() -> None:
    first, second = two()
    assert service.in_force().number == second
    newest, oldest = service.history()
    assert (newest.number, newest.kind, newest.by, newest.why) == (second, "publish", "bea", "Visits count more.")
    assert (oldest.number, oldest.by) == (first, "ada")
    assert newest.at >= oldest.at


def test_the_same_document_published_again_keeps_its_number() -> None:
    first, second = two()
    assert service.publish(FIRST, by="ada", why="Back.").number == first
    assert PublishedRuleset.objects.count() == 2
    assert [each.number for each in service.history()] == [first, second, first]


def test_publishing_what_is_in_force_notes_nothing() -> None:
    first = service.publish(FIRST).number
    assert service.publish(FIRST, why="Again.").number == first
    assert RulesetActivation.objects.count() == 1


def test_rolling_back_is_told_apart_from_publishing_and_needs_a_reason() -> None:
    first, _ = two()
    with pytest.raises(TerminalError, match="needs a reason"):
        service.roll_back(first, by="ada", why="  ")
    assert service.roll_back(first, by="ada", why="Too many calls.").number == first
    assert service.history()[0].kind == "rollback"
    with pytest.raises(TerminalError, match="in force already"):
        service.roll_back(first, by="ada", why="Again.")


def test_an_invalid_document_can_be_a_draft_and_nothing_else() -> None:
    service.publish(FIRST)
    draft = service.save_draft("Broken", "name: [", by="ada")
    assert service.document_of(f"draft:{draft.pk}") == "name: [\n"
    with pytest.raises(DocumentError):
        service.ruleset_of(f"draft:{draft.pk}")
    with pytest.raises(DocumentError):
        service.publish(draft.document)
    assert PublishedRuleset.objects.count() == 1


def test_a_published_ruleset_never_changes() -> None:
    row = service.published_numbered(service.publish(FIRST).number)
    row.document = SECOND
    for fields in ({}, {"update_fields": ["document"]}, {"update_fields": ["document", "archived_at"]}):
        with pytest.raises(TerminalError, match="never changes"):
            row.save(**fields)
    assert service.published_numbered(row.pk).document == FIRST


def test_the_one_in_force_cannot_be_archived_and_another_can() -> None:
    first, second = two()
    with pytest.raises(TerminalError, match="is in force"):
        service.archive(second)
    assert service.archive(first).archived_at is not None
    service.roll_back(first, by="ada", why="Needed after all.")
    assert service.published_numbered(first).archived_at is None


def test_a_draft_that_is_published_points_to_its_number_and_is_closed() -> None:
    service.publish(FIRST)
    draft = service.save_draft("Visits", SECOND, by="ada", base=service.number_in_force())
    number = service.publish(SECOND, by="ada", why="Tested.").number
    draft.refresh_from_db()
    assert draft.published_id == number
    with pytest.raises(TerminalError, match="published as ruleset"):
        service.update_draft(draft.pk, text=FIRST)


def test_two_people_who_edit_one_draft_do_not_overwrite_each_other() -> None:
    draft = service.save_draft("Visits", FIRST, by="ada")
    was = content_hash(FIRST)
    service.update_draft(draft.pk, text=SECOND, was=was)
    with pytest.raises(TerminalError, match="Somebody else changed"):
        service.update_draft(draft.pk, text=FIRST, was=was)
    assert service.draft_numbered(draft.pk).document == SECOND


def test_what_is_not_given_stays_when_a_draft_changes() -> None:
    draft = service.save_draft("Visits", FIRST, by="ada", note="Ask Bea")
    service.update_draft(draft.pk, name="Visits count more")
    row = service.draft_numbered(draft.pk)
    assert (row.name, row.note, row.document) == ("Visits count more", "Ask Bea", FIRST)


def test_an_archived_draft_is_closed() -> None:
    draft = service.archive_draft(service.save_draft("Visits", FIRST, by="ada").pk)
    with pytest.raises(TerminalError, match="archived"):
        service.update_draft(draft.pk, text=SECOND)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": " "}, "needs a name"),
        ({"name": "n" * 81}, "may have 80"),
        ({"note": "n" * 501}, "may have 500"),
        ({"text": "a\0b"}, "NUL"),
        ({"text": "a" * 1_000_001}, "may have 1,000,000"),
    ],
)
def test_a_draft_that_does_not_fit_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(TerminalError, match=words):
        service.save_draft(**{"name": "Visits", "text": FIRST, "by": "ada", **fields})
    assert not RulesetDraft.objects.exists()


def test_every_kind_of_reference_means_a_ruleset() -> None:
    first, second = two()
    draft = service.save_draft("Visits", SECOND, by="ada")
    found = {
        reference: service.ruleset_of(reference)
        for reference in ("", str(first), f"draft:{draft.pk}", "course-platform", FIRST)
    }
    assert [each.number for each in found.values()] == [second, first, 0, 0, 0]
    assert found["course-platform"].name == "course-platform"


@pytest.mark.parametrize("reference", ["99", "draft:99", "draft:x", "draft:", "99999999999999999999"])
def test_a_reference_to_nothing_is_told(reference: str) -> None:
    two()
    with pytest.raises((NotFoundError, DocumentError)):
        service.ruleset_of(reference)


def test_a_reference_reads_no_file(tmp_path: Any) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text(FIRST)
    with pytest.raises(DocumentError):
        service.document_of(str(secret))
