"""Channel rules: everybody who reads conversions sees them, marketing and administrators change them."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.analytics.channel_rules import rules_digest
from leadline.analytics.channel_words import entry_words
from leadline.kernel.errors import DocumentError, LeadlineError, TerminalError
from leadline.pipeline import runtime
from leadline.pipeline.channels import channels_set, channels_show, preview
from leadline.web.channel_form import FIELDS, TESTS, RuleForm
from leadline.web.viewer import CONVERSIONS, only_for, viewer_of

UNPROCESSABLE = 422
NEW = "new"
Entries = list[dict[str, Any]]


@require_safe
@only_for(CONVERSIONS)
def channels_page(request: HttpRequest) -> HttpResponse:
    """The rules in order, with the visits that each takes; `?change=3` opens one, `?change=new` another."""
    told = channels_show(runtime.running().engine)
    return _page(request, told, _opened(told, request.GET.get("change", "")))


@require_POST
@only_for(CONVERSIONS)
def change_channels(request: HttpRequest) -> HttpResponse:
    """Add, change, move or remove a rule, or go back to the bundled ones."""
    if not viewer_of(request).may(Permission.SET_CHANNELS):
        raise PermissionDenied
    engine, posted = runtime.running().engine, request.POST
    lists = (posted.getlist(name) for name in ("field", "test", "values"))
    form = RuleForm.posted(posted.get("channel", ""), *lists)
    opened = (posted.get("place", ""), form)
    told = channels_show(engine)
    try:
        _check_fresh(posted)
        document = _changed(told, posted, form)
        if posted.get("act") == "preview":
            return _page(request, told, opened, preview=_told_preview(preview(engine, document), posted, told))
        channels_set(engine, document)
    except LeadlineError as error:
        return _page(request, told, opened if posted.get("act") in TYPED else ("", None), fault=_said(error))
    return redirect("conversions_channels")


def _said(error: LeadlineError) -> str:
    """The advice on documents is for who writes one."""
    told = error.message if isinstance(error, DocumentError) else str(error)
    return told[:1].upper() + told[1:]


def _check_fresh(posted: QueryDict) -> None:
    if posted.get("was") != rules_digest():
        raise TerminalError(
            "Somebody changed the rules meanwhile.", advice="Look at them as they are now, and try again."
        )


def _changed(told: dict[str, Any], posted: QueryDict, form: RuleForm) -> Entries:
    """The rules as they would be."""
    entries = [{"channel": rule["channel"], "conditions": rule["conditions"]} for rule in told["rules"]]
    act = CHANGES.get(posted.get("act", ""))
    if act is None:
        raise TerminalError("There is no such change.")
    if posted.get("act") == "bundled":
        return []
    changed = act(entries, _place(posted, len(entries)), form.entry())
    return [*changed, {"channel": told["rest"]["channel"], "conditions": []}]


def _place(posted: QueryDict, count: int) -> int:
    text = posted.get("place", "")
    if text == NEW:
        return count
    if not text.isascii() or not text.isdecimal() or len(text) > 4 or not 1 <= int(text) <= count:
        raise TerminalError("There is no such rule.")
    return int(text) - 1


def _saved(entries: Entries, place: int, entry: dict[str, Any]) -> Entries:
    if not entry["channel"].strip():
        raise TerminalError("A rule needs the name of a channel.", advice="Take one that there is, or a new one.")
    if not entry["conditions"]:
        raise TerminalError("A rule needs a condition, or it would take every visit.", advice="Choose a field.")
    return [*entries[:place], entry, *entries[place + 1 :]]


def _moved(entries: Entries, place: int, to: int) -> Entries:
    if 0 <= to < len(entries):
        entries[place], entries[to] = entries[to], entries[place]
    return entries


TYPED = frozenset({"save", "preview"})
"""What is done with the form; when it is refused, what was typed stays."""
CHANGES: dict[str, Callable[[Entries, int, dict[str, Any]], Entries]] = {
    "save": _saved,
    "preview": _saved,
    "up": lambda entries, place, _: _moved(entries, place, place - 1),
    "down": lambda entries, place, _: _moved(entries, place, place + 1),
    "remove": lambda entries, place, _: [*entries[:place], *entries[place + 1 :]],
    "bundled": lambda entries, _place, _entry: entries,
}


def _told_preview(would: dict[str, Any], posted: QueryDict, told: dict[str, Any]) -> dict[str, Any]:
    place = _place(posted, len(told["rules"]))
    return {"visits": would["rules"][place]["visits"], "rest": would["rest"], "channels": would["channels"]}


def _opened(told: dict[str, Any], change: str) -> tuple[str, RuleForm | None]:
    if change == NEW:
        return NEW, RuleForm()
    if change.isascii() and change.isdecimal() and 1 <= int(change[:4]) <= len(told["rules"]):
        return change, RuleForm.of(told["rules"][int(change) - 1])
    return "", None


def _page(
    request: HttpRequest,
    told: dict[str, Any],
    opened: tuple[str, RuleForm | None],
    *,
    fault: str = "",
    preview: dict[str, Any] | None = None,
) -> HttpResponse:
    place, form = opened
    context = {
        "told": told,
        "rules": [{**rule, "words": entry_words(rule), "open": place == str(number)}
                  for number, rule in enumerate(told["rules"], 1)],
        "place": place,
        "form": form,
        "new": place == NEW,
        "fields": FIELDS,
        "tests": TESTS,
        "was": rules_digest(),
        "fault": fault,
        "preview": preview,
        "may_edit": viewer_of(request).may(Permission.SET_CHANNELS),
    }  # fmt: skip
    return render(request, "web/conversions/channels.html", context, status=UNPROCESSABLE if fault else 200)
