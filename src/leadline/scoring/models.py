"""Rulesets as they were published."""

from django.db import models


class PublishedRuleset(models.Model):
    """One immutable ruleset; its primary key is its number. The newest activation is in force."""

    name = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64, unique=True)
    document = models.TextField()
    published_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.name}, ruleset {self.pk}"
