"""Fields that we add to Odoo's leads, and the page of the form that shows them: without it nobody sees them."""

from collections.abc import Iterable
from html import escape
from typing import Any

from leadline.crm.connectors.odoo.notes import external
from leadline.crm.connectors.odoo.values import CUSTOM, MADE
from leadline.crm.errors import SetupError
from leadline.crm.records import FieldType, RemoteField

FORM = "crm.crm_lead_view_form"
VIEW_COLUMNS = ("id", "name", "model", "inherit_id/id", "arch_base")
VIEW = external("crm_lead_form")
ADDRESS_FIELD = "_url"
"""How the name of a field ends that holds a web address."""


def definition(field: RemoteField, model: int) -> dict[str, Any]:
    """What `ir.model.fields` is told to make.

    Raises:
        SetupError: Odoo would refuse its name.
    """
    if not field.name.startswith(CUSTOM):
        raise SetupError(
            f"Odoo has no field {field.name!r}, and would not let us make one of that name.",
            advice=f"Name it {CUSTOM}{field.name} in the mapping.",
        )
    made = {"name": field.name, "model_id": model, "ttype": MADE[field.type], "field_description": field.label}
    if field.type is FieldType.CHOICE:
        made["selection_ids"] = [
            [0, 0, {"value": value, "name": label, "sequence": place}]
            for place, (value, label) in enumerate(field.choices)
        ]
    return made


def form_row(names: Iterable[str], model: str) -> list[str]:
    """The cells under `VIEW_COLUMNS`: a page "Leadline" on the form of a lead."""
    shown = "".join(f'<field name="{escape(name)}" readonly="1"{_widget(name)}/>' for name in names)
    page = f'<page string="Leadline" name="leadline"><group col="2">{shown}</group></page>'
    return [VIEW, "Leadline on a lead", model, FORM, f'<notebook position="inside">{page}</notebook>']


def _widget(name: str) -> str:
    return ' widget="url"' if name.endswith(ADDRESS_FIELD) else ""
