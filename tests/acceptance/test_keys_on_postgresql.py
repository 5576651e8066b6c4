"""Secret keys are rotated with the record store on PostgreSQL, and names are searched there.

Bound: two minutes.
"""

import pytest
from tests.leadline_process import Folder

pytestmark = pytest.mark.postgres
OWN = {"LEADLINE_SECRET_KEYS": "", "LEADLINE_SECRET_KEYS_FILE": ""}


def test_keys_change_and_names_are_found(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = Folder(tmp_path_factory.mktemp("installation") / "data", {"LEADLINE_RECORDS": postgresql, **OWN})
    assert folder.run("demo", "--leads", "60", "--days", "20", seconds=180).returncode == 0
    before = folder.json("leads")
    told = folder.json("keys", "rotate", "--yes")["sealed"]
    assert min(told["tracking.lead.card"], told["tracking.identity.value"], told["crm.link.sent"]) > 0
    assert len(folder.json("keys", "retire", "--yes")["retired"]) == 1
    status = folder.json("keys", "status")
    assert (len(status["keys"]), status["missing"]) == (1, [])
    assert folder.json("leads") == before
    beginnings = ("mar", "sam", "ali", "dan", "car")
    found = [row for each in beginnings for row in folder.json("leads", "--named", each, "--limit", "100")]
    assert 0 < len(found) < 60
    assert folder.json("leads", "--named", "zzz") == []
