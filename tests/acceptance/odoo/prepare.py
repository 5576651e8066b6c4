"""Run inside `odoo shell` (its `env` is there): a salesperson, two colleagues, and API keys of two users.

The keys go into the file that $ODOO_KEYS names, a line each: LOGIN KEY.
"""
# The next line: Odoo's shell defines `env`, which ruff can not know.
# ruff: noqa: F821

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

GROUPS = [env.ref("base.group_user").id, env.ref("sales_team.group_sale_salesman_all_leads").id]
PEOPLE = {"sam@sales.example": "Sam", "ann@sales.example": "Ann", "bob@sales.example": "Bob"}
made = {
    login: env["res.users"].create({"name": name, "login": login, "email": login, "group_ids": [(6, 0, GROUPS)]})
    for login, name in PEOPLE.items()
}
key_of = env["res.users.apikeys"]
soon = datetime.now(UTC).replace(tzinfo=None) + timedelta(
    days=80
)  # a user who is no administrator gets no key without an end
keys = {
    "admin": key_of.with_user(env.ref("base.user_admin"))._generate(None, "Leadline", None),
    "sam@sales.example": key_of.with_user(made["sam@sales.example"])._generate(None, "Leadline", soon),
}
path = Path(os.environ["ODOO_KEYS"])
path.touch(mode=0o600)
path.write_text("".join(f"{login} {key}\n" for login, key in keys.items()))
env.cr.commit()
