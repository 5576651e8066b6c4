"""Whom persons belong to: Pipedrive keeps a number, and Leadline knows salespeople by their e-mail address."""

from leadline.crm.connectors.pipedrive.calls import V1, PipedriveAPI, rows_of
from leadline.crm.errors import CredentialsError


class Users:
    """{number: e-mail address}, asked for once."""

    def __init__(self, api: PipedriveAPI) -> None:
        self._api = api
        self._emails: dict[str, str] | None = None

    def email(self, number: object) -> str:
        """Empty for nobody, and where the token may not read users."""
        if not number:
            return ""
        if self._emails is None:
            self._emails = self._read()
        return self._emails.get(str(number), "")

    def _read(self) -> dict[str, str]:
        try:
            rows = rows_of(self._api.call("GET", f"{V1}/users"))
        except CredentialsError:
            return {}
        return {str(row["id"]): str(row.get("email") or "").lower() for row in rows}
