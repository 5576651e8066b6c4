"""Scoring holds nothing about people in the record store: rules alone. Scores lie in the event store."""

from leadline.privacy.kinds import not_personal
from leadline.scoring.models import PublishedRuleset, RulesetActivation, RulesetDraft

not_personal(
    "rules of scoring, and which colleague put them in force",
    *(model._meta.label for model in (PublishedRuleset, RulesetActivation, RulesetDraft)),
)
