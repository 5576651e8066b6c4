"""Each route whose address names something, tried by each role with something that is somebody else's: it is as if it
were not there, and afterwards it is as it was. A new route with an argument needs an entry here, or a test fails."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import access_cast
import anothers_things
import pytest
import web_cast as cast
from anothers_things import HIDDEN, Thing
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from leadline.accounts.models import User
from leadline.accounts.tokens import create_token
from leadline.web.access import PAGES, SAFE, Rule
from leadline.web.api.access import OPERATIONS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]
DENIED = frozenset({403, 404})
OWN = "sales of own leads"
"""Beside the roles: somebody of sales who sees only their own leads."""
VIEWERS = (*User.Role.values, OWN)


@dataclass(frozen=True)
class Theirs:
    """What a route's address names.

    Attributes:
        thing: of anothers_things.
        besides: who may use it although it is not theirs, where their role uses the route at all.
    """

    thing: str
    besides: frozenset[str] = frozenset()


NOBODY = frozenset[str]()
KEEPS_ORDER = frozenset({"administrator"})
ALL_BUT_OWN = frozenset(VIEWERS) - {OWN}
LEAD = Theirs("lead", ALL_BUT_OWN)
BULK = Theirs("bulk job", ALL_BUT_OWN)
BOARD, CHANNEL = Theirs("board"), Theirs("channel", KEEPS_ORDER)
WORDS = ("accept", "reject", "requalify", "snooze", "wake", "contact", "override", "release", "assign")
PAGES_OF_A_LEAD = ("one", "ahead", "history", "timeline", "journey", "consent", "crm", "crm_send", *WORDS)
OF_SOMEBODY: Mapping[str, Theirs] = {
    **{f"leads_{name}": LEAD for name in PAGES_OF_A_LEAD},
    **{f"leads_bulk_{name}": BULK for name in ("job", "progress", "cancel")},
    **{f"boards_{name}": BOARD for name in ("one", "set", "remove", "move", "unpin", "pdf")},
    "share_board": BOARD,
    "share_revoke": Theirs("link", KEEPS_ORDER),
    "leads_views_remove": Theirs("view", KEEPS_ORDER),
    "alerts_reports_set": Theirs("schedule", KEEPS_ORDER),
    "notifications_channel": CHANNEL,
    "notifications_channel_set": CHANNEL,
    "notifications_resend": Theirs("notice", KEEPS_ORDER),
    "you_end_session": Theirs("session"),
    "you_revoke_token": Theirs("token"),
    "mfa_remove_webauthn": Theirs("passkey"),
    "mfa_edit_webauthn": Theirs("passkey"),
    **{f"GET v1/leads/<path:lead>/{name}": LEAD for name in ("score", "history", "explain", "forecast", "whatif")},
    **{f"POST v1/leads/<path:lead>/{name}": LEAD for name in WORDS},
    "GET v1/leads/<path:lead>/consent": LEAD,
    "POST v1/leads/<path:lead>/consent": LEAD,
    "GET v1/leads/<lead>/crm": LEAD,
    "POST v1/leads/<lead>/crm": LEAD,
    "GET v1/leads/<lead>/crm/<name>": LEAD,
    "GET v1/jobs/<number>": Theirs("erasure", frozenset({"administrator", "auditor"})),
    "POST v1/jobs/<number>/cancel": Theirs("erasure", KEEPS_ORDER),
    "PATCH v1/notifications/channels/<int:number>": CHANNEL,
    "DELETE v1/notifications/channels/<int:number>": CHANNEL,
    "POST v1/notifications/channels/<int:number>/test": CHANNEL,
    "POST v1/notifications/log/<int:number>/resend": Theirs("notice", KEEPS_ORDER),
}
NOBODYS: Mapping[str, tuple[str, ...]] = {
    "alerts are everybody's who reports": (
        "DELETE v1/alerts/<int:number>",
        "PATCH v1/alerts/<int:number>",
        "POST v1/alerts/firings/<int:firing>/seen",
        "alerts_one",
        "alerts_seen",
        "alerts_set",
    ),
    "connections are everybody's who may see them": (
        "DELETE v1/crm/connections/<name>",
        "GET v1/crm/connections/<name>",
        "GET v1/crm/connections/<name>/diff",
        "GET v1/crm/connections/<name>/links",
        "GET v1/crm/connections/<name>/mapping",
        "PATCH v1/crm/connections/<name>",
        "POST v1/crm/connections/<name>/backfill",
        "POST v1/crm/connections/<name>/mapping/check",
        "POST v1/crm/connections/<name>/mapping/make",
        "POST v1/crm/connections/<name>/mapping/preview/<lead>",
        "POST v1/crm/connections/<name>/retry",
        "POST v1/crm/connections/<name>/sync",
        "POST v1/crm/connections/<name>/test",
        "PUT v1/crm/connections/<name>/mapping",
    ),
    "shared rules, by who may change them": (
        "DELETE v1/notifications/rules/<int:number>",
        "PATCH v1/notifications/rules/<int:number>",
        "notifications_rule",
        "notifications_rule_set",
    ),
    "a kind of report; whose leads it tells of: test_web_attackers.py": (
        "GET v1/analytics/<kind>",
        "POST v1/analytics/<kind>",
        "report_chart",
        "report_part",
        "report_table",
        "reports_one",
        "share_report",
    ),
    "a table; whose rows: test_web_sight.py": (
        "GET v1/exports/<table>",
        "POST v1/exports/<table>",
        "exports_one",
    ),
    "rulesets and drafts are everybody's who may see them": (
        "GET v1/rules/<reference>",
        "GET v1/rules/<reference>/preview",
        "PATCH v1/rules/<reference>",
        "POST v1/rules/<number>/rollback",
        "POST v1/rules/<reference>/archive",
        "POST v1/rules/<reference>/publish",
    ),
    "closed: 404 (project/urls.py)": (
        "account_confirm_email",
        "account_reset_password_from_key",
    ),
    "companies are everybody's; of their people each sees their own (test_web_sight.py)": ("accounts_one",),
    "what happened on a day is everybody's who reports": ("annotations_remove",),
    "a format": ("audit_file",),
    "a static file": ("chart_bundle",),
    "connections are everybody's who may see them; those that list leads refuse who sees only their own": (
        "crm_act",
        "crm_backfill_cancel",
        "crm_backfill_progress",
        "crm_dry_run",
        "crm_leads",
        "crm_mapping",
        "crm_mapping_check",
        "crm_mapping_compare",
        "crm_mapping_make",
        "crm_mapping_try",
        "crm_one",
        "crm_sandbox_act",
        "crm_send_again",
        "crm_set",
        "crm_state",
    ),
    "administrators alone, of everybody": (
        "identities_dismiss",
        "identities_unmerge",
        "leads_merge",
        "leads_merge_found",
        "quarantine_one",
        "users_disable",
        "users_enable",
        "users_forget_factors",
        "users_link",
        "users_one",
        "users_revoke_token",
        "users_set",
        "users_sign_out",
    ),
    "who has the key sets a password; its number alone opens nothing (test_web_users.py)": ("invitation",),
    "who answers subject requests, of everybody": (
        "privacy_archive",
        "privacy_document",
        "privacy_document_file",
        "privacy_erase",
        "privacy_erasure",
        "privacy_requests_act",
        "privacy_requests_one",
    ),
    "who has the secret reads; it opens one request alone (test_web_subject_requests.py)": (
        "privacy_request_archive",
        "privacy_request_mine",
        "privacy_request_status",
    ),
    "rulesets, drafts and backtests are everybody's who may see them": (
        "scoring_archive",
        "scoring_backtest",
        "scoring_backtest_cancel",
        "scoring_backtest_progress",
        "scoring_draft",
        "scoring_publish",
        "scoring_published",
        "scoring_rollback",
    ),
    "who has the token reads; a guess is 404 (test_web_sharing.py)": (
        "shared",
        "shared_part",
    ),
    "the one provider, before sign-in": ("single_sign_on", "openid_connect_callback", "openid_connect_login"),
    "sources are everybody's who may see them": (
        "sources_make_key",
        "sources_one",
        "sources_revoke_key",
        "sources_set",
    ),
}
"""Routes whose argument names nothing of anybody's, by why."""
FORM = {"act": "remove", "confirm": HIDDEN, "name": "taken", "to": "down", "days": "7", "until": "3d", "reason": "spam"}
SENT = {"owner": "auto", "stage": "customer", "purpose": "profiling", "said": "refused", "note": "x"}


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> None:
    cache.clear()


def named() -> list[tuple[str, str, str]]:
    return [(name, method, path) for name, method, path in access_cast.with_arguments() if name in OF_SOMEBODY]


def viewer(who: str) -> User:
    return cast.user("sales", leads_seen="own") if who == OWN else cast.user(who)


def rule_of(name: str) -> Rule:
    return PAGES[name] if name in PAGES else OPERATIONS[name]


def lets_in(name: str, method: str, user: User) -> bool:
    """Whether the table of access lets them use the route at all."""
    rule = rule_of(name)
    return (rule.read if method in SAFE else rule.write) <= user.permissions


def ask(user: User) -> Callable[[str, str, str], Any]:
    """How somebody asks: pages in a browser, the API with a token of theirs."""
    browser, token = cast.signed_in(user), create_token(user, "tries")
    browser.post("/accounts/reauthenticate/", {"password": cast.PASSWORD})

    def asked(name: str, method: str, address: str) -> Any:
        if name in PAGES:
            return browser.generic(method, address) if method == "GET" else browser.post(address, {**FORM, **SENT})
        headers = {"authorization": f"Bearer {token}"}
        body = _body_of(name) if method in ("POST", "PATCH", "PUT") else None
        return Client().generic(method, address, body or b"", content_type="application/json", headers=headers)

    return asked


def _body_of(name: str) -> bytes:
    bodies = {
        "accept": b"{}", "requalify": b"{}", "wake": b"{}", "contact": b"{}", "release": b"{}",
        "reject": b'{"reason": "spam"}', "snooze": b'{"until": "3d"}', "assign": b'{"owner": "auto"}',
        "override": b'{"stage": "customer", "reason": "x", "until": "3d"}',
        "consent": b'{"purpose": "profiling", "said": "refused", "because": "by telephone"}',
        "<int:number>": b'{"name": "taken"}', "crm": b"{}",
    }  # fmt: skip
    return bodies.get(name.rpartition("/")[2], b"{}")


def address_of(path: str, thing: Thing) -> str:
    return access_cast.filled(path, thing.known)


def test_every_route_that_names_something_says_whose_it_is() -> None:
    everything = {name for name, _, _ in access_cast.with_arguments()}
    nobodys = [name for names in NOBODYS.values() for name in names]
    assert sorted(everything - {*OF_SOMEBODY, *nobodys}) == [], "new ones: whose is what they name?"
    assert sorted({*OF_SOMEBODY, *nobodys} - everything) == [], "entries of routes that there are no more"
    assert len([*OF_SOMEBODY, *nobodys]) == len({*OF_SOMEBODY, *nobodys}), "each once"


@pytest.mark.parametrize("who", VIEWERS)
def test_what_is_anothers_is_not_there_and_stays_as_it_is(who: str) -> None:
    theirs = anothers_things.things()
    user = viewer(who)
    asked, wrong, tried = ask(user), [], 0
    before = {name: thing.as_it_is() for name, thing in theirs.items()}
    said = anothers_things.said_of_leads()
    for name, method, path in named():
        entry = OF_SOMEBODY[name]
        if who in entry.besides and lets_in(name, method, user):
            continue
        answer = asked(name, method, address_of(path, theirs[entry.thing]))
        tried += 1
        body = b"" if answer.streaming else answer.content
        if answer.status_code not in (DENIED | {405}) or HIDDEN.encode() in body:
            wrong.append((name, method, answer.status_code))
    assert wrong == []
    assert tried > 15
    assert {name: thing.as_it_is() for name, thing in theirs.items()} == before
    assert anothers_things.said_of_leads() == said


def test_whoever_owns_it_finds_it_at_the_same_address() -> None:
    """Otherwise what is tried above would be a wrong address."""
    theirs = anothers_things.things()
    found: dict[str, set[int]] = {}
    askers = {thing.owner.pk: ask(thing.owner) for thing in theirs.values()}
    for name, method, path in named():
        thing = theirs[OF_SOMEBODY[name].thing]
        if lets_in(name, method, thing.owner):
            with transaction.atomic():
                answer = askers[thing.owner.pk](name, method, address_of(path, thing))
                found.setdefault(name, set()).add(answer.status_code)
                transaction.set_rollback(True)
    assert [name for name in OF_SOMEBODY if name in found and not found[name] - DENIED - {405}] == []
    assert {"leads_one", "boards_set", "you_end_session", "mfa_edit_webauthn", "GET v1/jobs/<number>"} <= set(found)
