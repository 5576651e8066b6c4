"""Making users, and the demonstration's sign-ins."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from leadline.accounts.models import User

SIGN_IN_FILE = "demo-sign-in"
DEMO_USERS = (
    ("sales@leadline.example", "Sam Sales", User.Role.SALES),
    ("mara@leadline.example", "Mara Lindgren", User.Role.SALES),
    ("tomas@leadline.example", "Tomas Okoye", User.Role.SALES),
    ("bridie@leadline.example", "Bridie Callahan", User.Role.SALES),
    ("marketing@leadline.example", "Ines Prado", User.Role.MARKETING),
    ("admin@leadline.example", "Ada Admin", User.Role.ADMINISTRATOR),
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """How somebody of the demonstration signs in."""

    email: str
    password: str
    role: str


def ensure_demo_users(data: Path) -> None:
    """A sales team, marketing and an administrator for the demonstration, with one password of this installation."""
    if demo_sign_ins(data):
        return
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    for email, name, role in DEMO_USERS:
        User.objects.filter(email=email).delete()
        User.objects.create_user(email, password, name=name, role=role)
    handle = os.open(data / SIGN_IN_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.writelines(f"{email} {password} {role.value}\n" for email, _, role in DEMO_USERS)


def demo_sign_ins(data: Path) -> list[SignIn]:
    """The demonstration's sign-ins; empty when this installation is none."""
    path = data / SIGN_IN_FILE
    return [SignIn(*line.split()) for line in path.read_text().splitlines()] if path.exists() else []
