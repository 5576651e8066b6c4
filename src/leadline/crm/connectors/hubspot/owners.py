"""Whom contacts belong to: HubSpot keeps a number, and Leadline knows salespeople by their e-mail address."""

from leadline.crm.connectors.hubspot.calls import VERSION, HubSpotAPI
from leadline.crm.errors import CredentialsError

PATH = f"/crm/owners/{VERSION}"
MOST = 500


class Owners:
    """{number: e-mail address}, asked for once, and once more for a number that is not known."""

    def __init__(self, api: HubSpotAPI) -> None:
        self._api = api
        self._emails: dict[str, str] | None = None
        self._looked_for: set[str] = set()

    def email(self, number: str) -> str:
        """Empty for nobody, and where the key may not read owners."""
        if not number:
            return ""
        if self._emails is None or (number not in self._emails and number not in self._looked_for):
            self._looked_for.add(number)
            self._emails = self._read()
        return self._emails.get(number, "")

    def _read(self) -> dict[str, str]:
        """Owners of now, and those who left."""
        found: dict[str, str] = {}
        try:
            for archived in ("true", "false"):
                rows = self._api.listed(PATH, limit=MOST, archived=archived)
                found |= {str(row["id"]): str(row.get("email") or "").lower() for row in rows}
        except CredentialsError:
            return {}
        return found
