"""What Odoo is, what fields its leads have, and fields made there."""

import logging
from typing import Any

from leadline.crm.connectors.odoo import making
from leadline.crm.connectors.odoo.calls import ADDRESS, OdooAPI
from leadline.crm.connectors.odoo.loading import read_answer
from leadline.crm.connectors.odoo.values import DESCRIBED, OURS, TYPES, field_of
from leadline.crm.errors import CredentialsError, RejectedError, SetupError
from leadline.crm.records import About, RemoteField

logger = logging.getLogger(__name__)
OLDEST = 19
NO_FIELDS = "The key's user may not add fields: those of the mapping that are missing take an administrator's key."
NO_LEADS = (
    "Odoo keeps opportunities only (CRM, Settings, Leads is off): a lead counts as a deal once somebody moves it past "
    "the first stage."
)
KEY = "Make an API key in Odoo (My Preferences, Security) for a user who may work with all leads."


def about(api: OdooAPI, model: str) -> About:
    """Who we are there.

    Raises:
        CRMError: it does not work.
    """
    version = api.version()
    if int("0" + "".join(filter(str.isdigit, version.split(".")[0]))) < OLDEST:
        raise SetupError(f"This is Odoo {version}.", advice=ADDRESS)
    number = api.call("res.users", "context_get")["uid"]
    user = api.call("res.users", "search_read", domain=[["id", "=", number]], fields=["login", "company_id"])[0]
    if not api.call(model, "has_access", operation="create"):
        raise CredentialsError(f"{user['login']} may not make leads.", advice=KEY)
    return About("Odoo", version, str(user["company_id"][1]), user["login"], tuple(_notes(api, model)))


def _notes(api: OdooAPI, model: str) -> list[str]:
    found = [] if api.call("ir.model.fields", "has_access", operation="create") else [NO_FIELDS]
    kept = api.call(model, "default_get", fields=["type"]).get("type")
    return found + ([NO_LEADS] if kept == "opportunity" else [])


def describe(api: OdooAPI, model: str) -> list[RemoteField]:
    """The fields that a mapping may name, in order of their labels."""
    described = _described(api, model)
    found = [field_of(name, each) for name, each in described.items() if _holds_a_value(each)]
    return sorted(found, key=lambda field: (field.label.lower(), field.name))


def _described(api: OdooAPI, model: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = api.call(model, "fields_get", attributes=DESCRIBED)
    return found


def _holds_a_value(described: dict[str, Any]) -> bool:
    return described["type"] in TYPES and bool(described.get("store"))


def make(api: OdooAPI, model: str, field: RemoteField) -> None:
    """Make a field unless it is there, and show it.

    Raises:
        CredentialsError: the key's user is no administrator.
        SetupError: Odoo would not have it.
    """
    there = _described(api, model)
    if field.name in there:
        return
    model_number = api.call("ir.model", "search", domain=[["model", "=", model]])
    made = making.definition(field, model_number[0])
    try:
        api.call("ir.model.fields", "create", vals_list=[made])
    except RejectedError as error:
        advice = "Change the field in the mapping, or make it in Odoo."
        raise SetupError(error.message, advice=advice, vendor_code=error.vendor_code) from error
    ours = [name for name in there if name.startswith(OURS)] + [field.name]
    _show(api, model, ours)


def _show(api: OdooAPI, model: str, names: list[str]) -> None:
    """A form that was rebuilt so that ours does not fit is left alone: the fields are there, and are written."""
    row = making.form_row(names, model)
    try:
        read_answer(api.call("ir.ui.view", "load", fields=making.VIEW_COLUMNS, data=[row])).raise_refused()
    except RejectedError as error:
        logger.warning("A form of Odoo stays as it is, since ours does not fit in (%s).", error.vendor_code)
