"""Rulesets: drafts that may change, published ones that never do, and which was put in force when, by whom and why."""

from typing import Any

from django.db import models

from leadline.kernel.errors import TerminalError


class PublishedRuleset(models.Model):
    """One immutable ruleset; its primary key is its number. An archived one is not offered any more."""

    name = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64, unique=True)
    document = models.TextField()
    published_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name}, ruleset {self.pk}"

    def save(self, *args: Any, **fields: Any) -> None:
        """Only whether it is archived may change.

        Raises:
            TerminalError: anything else would.
        """
        if not self._state.adding and set(fields.get("update_fields") or ["document"]) != {"archived_at"}:
            raise TerminalError(f"Ruleset {self.pk} is published: it never changes.", advice="Publish another one.")
        super().save(*args, **fields)


class RulesetActivation(models.Model):
    """Append-only: a published ruleset was put in force. The newest row says which one is."""

    class Kind(models.TextChoices):
        """How it came."""

        PUBLISH = "publish"
        ROLLBACK = "rollback"

    ruleset = models.ForeignKey(PublishedRuleset, on_delete=models.PROTECT, related_name="activations")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PUBLISH)
    at = models.DateTimeField(db_index=True)
    by = models.CharField(max_length=120, blank=True)
    why = models.CharField(max_length=500, blank=True)


class RulesetDraft(models.Model):
    """A document on its way to being published; it may be invalid.

    `base` is the ruleset it was begun from, `published` what became of it.
    """

    class Origin(models.TextChoices):
        """Who wrote it."""

        HAND = "hand"
        SUGGESTION = "suggestion"

    name = models.CharField(max_length=80)
    document = models.TextField()
    origin = models.CharField(max_length=12, choices=Origin.choices, default=Origin.HAND)
    base = models.ForeignKey(PublishedRuleset, on_delete=models.PROTECT, null=True, related_name="drafts")
    published = models.ForeignKey(PublishedRuleset, on_delete=models.PROTECT, null=True, related_name="drafted")
    note = models.CharField(max_length=500, blank=True)
    created_by = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name}, draft {self.pk}"
