"""Making users, and the demonstration's sign-in."""

import os
import secrets
from pathlib import Path

from leadline.accounts.models import User

SIGN_IN_FILE = "demo-sign-in"
DEMO_EMAIL = "demo@leadline.example"


def ensure_demo_user(data: Path) -> None:
    """One administrator-free sales user for the demonstration, with a password of this installation's own."""
    if sign_in_file(data) is not None:
        return
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    User.objects.filter(email=DEMO_EMAIL).delete()
    User.objects.create_user(DEMO_EMAIL, password, name="Demo", role=User.Role.SALES)
    handle = os.open(data / SIGN_IN_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"{DEMO_EMAIL} {password}\n")


def sign_in_file(data: Path) -> tuple[str, str] | None:
    """The demonstration's e-mail address and password, when there is one."""
    path = data / SIGN_IN_FILE
    if not path.exists():
        return None
    email, password = path.read_text().split()
    return email, password
