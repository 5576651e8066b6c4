"""Without a mail server, what is to be mailed is kept and a warning says that nothing will come."""

import json
from typing import Any

import pytest
from tests.leadline_process import Folder

from leadline.accounts.models import User
from leadline.analytics.boards import make_board

pytestmark = pytest.mark.django_db

ALERT = ("alerts", "add", "qualified-leads", "--rule", "threshold", "--value", "1", "--to", "you@example.com")
REPORT = ("reports", "schedule", "Weekly", "--to", "you@example.com", "--when", "monday")


@pytest.fixture
def board() -> None:
    owner = User.objects.create_user("ada@example.com", role=User.Role.MARKETING)
    make_board("Weekly", owner, shared=True)


@pytest.mark.usefixtures("board")
@pytest.mark.parametrize(("arguments", "what"), [(ALERT, "the alert"), (REPORT, "the report")])
def test_a_warning_says_what_will_not_be_mailed(
    folder: Folder, settings: Any, arguments: tuple[str, ...], what: str
) -> None:
    settings.MAIL = ""
    done = folder.run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    assert f"No mail server is set up, so {what} is not mailed. Set LEADLINE_MAIL" in done.stderr
    assert json.loads(done.stdout)["recipients"] == ["you@example.com"]


@pytest.mark.usefixtures("board")
@pytest.mark.parametrize("arguments", [ALERT, REPORT])
def test_with_a_mail_server_there_is_no_warning(folder: Folder, settings: Any, arguments: tuple[str, ...]) -> None:
    settings.MAIL = "smtp://mail.example"
    assert folder.run(*arguments).stderr == ""


def test_an_alert_that_mails_nobody_needs_no_mail_server(folder: Folder, settings: Any) -> None:
    settings.MAIL = ""
    assert folder.run(*ALERT[:-2]).stderr == ""
