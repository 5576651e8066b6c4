"""Each column of the record store that may hold text, and why it may stand in clear. What could say who a lead is
stands in sealed fields; a new column of text fails here until somebody has decided."""

from collections.abc import Iterator, Mapping

from django.apps import apps
from django.db.models import CharField, JSONField, Model, TextField

from leadline.privacy.fields import SealedJSONField

OURS = "words of ours: kinds, states, codes, names of rules"
DIGEST = "a keyed digest, a hash or an id of ours"
STAFF = "somebody who works with Leadline, or what they called a thing"
TYPED = "typed by whoever sets Leadline up, about rules and figures and not about people"
INTEGRATION = "how an integration is called or set up"
NAMES_OF_EVENTS = "names of events and properties, as the platform's developers chose them"
NUMBERS = "numbers, counts and moments"
SENTENCE = "a sentence made by rules, from properties that the tracking plan lists"
TROUBLE = "what went wrong, in words of ours; of errors that are not ours only their kind (kernel/log_lines.told)"
COMPANY = "a company, in clear so that it can be listed and searched; a sole trader's goes when they are erased"
IN_CRM = "a CRM's own word for a state, or its number of a record"
QUESTION = "what a report is asked: segments have fields for companies, stages and figures, none for who somebody is"

WHY: Mapping[str, Mapping[str, str]] = {
    "privacy.SubjectRequest": {
        "kind state": OURS,
        "status_digest": DIGEST,
        "steps": "what was done when, in words of ours, with numbers of users",
        "proof": "counts, numbers of leads and names of traits; their values never",
    },
    "privacy.ErasedName": {"kind": OURS},
    "privacy.Erasure": {"crm step": OURS, "proof": NUMBERS, "trouble": TROUBLE},
    "privacy.RetentionPeriod": {"rule": OURS, "set_by": STAFF},
    "privacy.RetentionRun": {"state": OURS, "by": STAFF, "taken rows work": NUMBERS, "trouble": TROUBLE},
    "accounts.User": {
        "password": "Argon2's hash",
        "email name": STAFF,
        "role leads_seen time_zone": OURS,
    },
    "accounts.APIToken": {"name": STAFF, "digest ending": DIGEST, "scopes": OURS},
    "accounts.AuditEntry": {
        "via verb about": OURS,
        "numbers": "counts, routes, states and keyed digests: accounts.audit refuses words with blanks, @ and +",
        "request previous hash": DIGEST,
    },
    "tracking.EventSource": {"name": INTEGRATION, "mode": OURS, "origins": INTEGRATION},
    "tracking.WriteKey": {"digest ending": DIGEST},
    "tracking.ViolationTally": {
        "event property": NAMES_OF_EVENTS,
        "kind": OURS,
        "text": "what is wrong, with the type or the names of fields, never a value that was sent",
    },
    "tracking.TakenSegment": {"name": OURS},
    "tracking.InternalRule": {"kind": OURS, "value note": "networks, hosts, domains and browsers of our own people"},
    "tracking.Account": {
        "name domain": COMPANY,
        "industry country": "of a company",
        "stamps": NUMBERS,
    },
    "tracking.Identity": {"kind noise": OURS},
    "tracking.IdentityEdge": {"cause": OURS},
    "tracking.MergeWarning": {"reason": OURS},
    "tracking.Profile": {"account_basis": OURS},
    "tracking.ConsentTimes": {"purpose": OURS},
    "tracking.ConsentStatement": {
        "purpose how": OURS,
        "version": "which text was shown, as the platform calls it",
        "path": "a page's path, without query strings and scrubbed of personal data like those of events",
        "by": STAFF,
    },
    "tracking.Conversion": {
        "name": OURS,
        "currency": OURS,
        "facts": "amounts, currencies and counts that the ruleset names",
    },
    "tracking.QuarantinedMessage": {
        "segment code": OURS,
        "reason": "what is wrong with it, without a value that was sent",
        "name": NAMES_OF_EVENTS,
    },
    "scoring.PublishedRuleset": {"name document": TYPED, "content_hash": DIGEST},
    "scoring.RulesetActivation": {"kind": OURS, "by": STAFF, "why": TYPED},
    "scoring.RulesetDraft": {"name document note": TYPED, "origin": OURS, "created_by": STAFF},
    "qualification.Standing": {
        "stage grade rejection override_stage currency": OURS,
        "state": "what the stage machine remembers: stages, moments, names of rules",
        "reason forecast": SENTENCE,
        "owner": STAFF,
    },
    "qualification.Transition": {"from_stage to_stage": OURS, "reasons": SENTENCE},
    "qualification.SalesAction": {"kind via reason stage": OURS, "by": STAFF},
    "qualification.QualificationEvent": {
        "key kind": OURS,
        "detail": "stages, sentences made by rules, names of colleagues; what people wrote is sealed in SalesAction",
    },
    "qualification.Territory": {"name": TYPED, "countries": TYPED},
    "qualification.AccountStanding": {"grade": OURS},
    "crm.Connection": {
        "name kind settings mapping": INTEGRATION,
        "cursor": IN_CRM,
        "stopped trouble": TROUBLE,
        "lease": DIGEST,
        "created_by": STAFF,
    },
    "crm.Link": {
        "external_id sent_hash seen_hash": DIGEST,
        "remote_id remote_type status": IN_CRM,
        "owner": "a colleague, as the CRM calls them",
        "tombstone error_code": OURS,
    },
    "crm.SyncRun": {"kind state": OURS, "counts": NUMBERS, "message": TROUBLE, "by": STAFF},
    "crm.ToldConversion": {"error_code": OURS},
    "crm.SandboxRecord": {
        "external_id": DIGEST,
        "status currency lost_reason": "chosen from the sandbox's own lists",
        "owner": STAFF,
    },
    "notifications.Channel": {
        "name": STAFF,
        "service": OURS,
        "shown": "a colleague's address, cut short: the whole one is sealed",
        "digest_hours zone": OURS,
        "trouble": TROUBLE,
    },
    "notifications.Rule": {"name template": TYPED, "trigger conditions": OURS, "created_by": STAFF},
    "notifications.Notice": {"key matter state parcel": OURS, "message": TROUBLE},
    "analytics.Board": {"name": STAFF},
    "analytics.Pin": {"report": OURS, "wanted": QUESTION, "title": STAFF},
    "analytics.SavedView": {
        "name": "a title that a colleague typed; it goes when it names who is erased",
        "page": OURS,
    },
    "analytics.Alert": {
        "name": STAFF,
        "metric grain rule side": OURS,
        "segment": QUESTION,
        "recipients": "addresses of colleagues",
        "created_by": STAFF,
    },
    "analytics.AlertFiring": {"sentence": "a figure about many people", "mail_trouble": TROUBLE, "seen_by": STAFF},
    "analytics.ScheduledReport": {
        "name": STAFF,
        "zone": OURS,
        "recipients": "addresses of colleagues",
        "created_by": STAFF,
    },
    "analytics.ReportRun": {"state": OURS, "message": TROUBLE},
    "analytics.Annotation": {"text": "a line above a chart, about a day and not about people", "by": STAFF},
    "analytics.ShareLink": {"digest ending": DIGEST, "report": OURS, "wanted": QUESTION, "created_by": STAFF},
    "analytics.ChannelRule": {"channel": TYPED, "conditions": TYPED},
    "analytics.Spend": {"channel campaign currency": "money by campaign: nobody's"},
    "analytics.ExchangeRate": {"currency": OURS},
    "pipeline.Job": {
        "kind state": OURS,
        "arguments": "numbers, names of files on the server, segments: whoever is meant stands there by number",
        "message": TROUBLE,
        "result": NUMBERS,
        "created_by": STAFF,
    },
    "pipeline.ImportProgress": {"digest": DIGEST},
    "pipeline.ReportedDeal": {"remote_id": IN_CRM, "state currency": OURS},
}
"""By model, columns and the reason. A reason has to be true of whatever may be written there."""


def text_columns(model: type[Model]) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        if isinstance(field, CharField | TextField | JSONField):
            yield field.name


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("leadline.")]


def test_each_column_of_text_in_clear_has_a_reason() -> None:
    there = {f"{model._meta.label}.{name}" for model in our_models() for name in text_columns(model)}
    decided = {f"{label}.{name}" for label, columns in WHY.items() for names in columns for name in names.split()}
    assert sorted(there - decided) == [], "say why, or make it a SealedJSONField"
    assert sorted(decided - there) == [], "these are gone"


def test_what_people_write_about_leads_and_who_they_are_is_sealed() -> None:
    sealed = {
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedJSONField)
    }
    assert sealed >= {
        "qualification.SalesAction.note",
        "pipeline.ReportedDeal.lost_reason",
        "analytics.SavedView.query",
        "tracking.Lead.card",
        "tracking.Identity.value",
        "tracking.Profile.traits",
        "tracking.QuarantinedMessage.body",
        "tracking.ConsentStatement.because",
        "privacy.SubjectRequest.asked",
        "privacy.Erasure.whom",
        "crm.Link.sent",
        "notifications.Notice.body",
    }
