"""Secret keys are changed while everything goes on: nothing is lost, everything opens, old keys are taken away."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from keys_cast import forget_keys, older, opened
from person_cast import NOW, colleague, live
from pipeline_cast import Installation, days, page, visitor

from leadline.accounts.audit_verbs import KEYS_ROTATED
from leadline.accounts.models import AuditEntry, User
from leadline.accounts.second_factor import CONTEXT
from leadline.kernel.errors import ConfigurationError, TerminalError
from leadline.pipeline import jobs
from leadline.pipeline.key_rotation import holdings as kept
from leadline.pipeline.key_rotation import retiring, rotation
from leadline.pipeline.key_rotation.holdings import holdings
from leadline.pipeline.key_rotation.lookups import check_lookups
from leadline.privacy import lookup_key
from leadline.privacy.current_keys import CurrentCipher, CurrentKeys
from leadline.privacy.fields import FIELDS, field_cipher
from leadline.privacy.keys import FILE_NAME, create_master_key, derive_keys, load_master_keys, write_master_keys
from leadline.privacy.sealed_columns import sealed_columns
from leadline.tracking.models import Lead, Profile
from leadline.tracking.spool.writer import SpoolWriter

NEW = b"\x02" * 32


class Crash(Exception):  # noqa: N818  # nothing went wrong
    """The process dies here."""


def nothing(done: int, total: int) -> None:
    """A report that nobody reads."""


@pytest.fixture
def keyed(
    tmp_path: Path, make: Callable[[str], Installation], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    """Ada, of whom everything is held, and a colleague with recovery codes, under a key in the data folder."""
    monkeypatch.delenv("LEADLINE_SECRET_KEYS")
    monkeypatch.setattr(retiring, "SETTLE_SECONDS", 0.0)
    create_master_key(tmp_path / "data")
    forget_keys()
    monkeypatch.setattr(kept, "utc_now", lambda: NOW)  # no midnights of half a year
    place = make("data")
    live(place, "ada")
    place.tick(NOW)
    place.send(NOW, page(visitor("ada"), NOW))
    colleague("mara")
    Authenticator.objects.all().delete()
    seed = base64.b64encode(field_cipher().seal(b"seed", CONTEXT)).decode()
    Authenticator.objects.create(user=User.objects.get(), type="recovery_codes", data={"seed": seed, "used_mask": 3})
    yield place
    forget_keys()


def rotate(place: Installation) -> dict[str, Any]:
    return rotation.run(place.engine, {}, nothing)


def test_everything_opens_with_the_new_key_alone(keyed: Installation) -> None:
    (old,) = load_master_keys(keyed.data)
    before = opened(keyed.data)
    told = rotate(keyed)
    assert min(told["sealed"][name] for name in ("event store", "second factors", "tracking.lead.card", "spool")) > 0
    assert retiring.keys_retire(keyed.engine)["removed"]
    assert old not in load_master_keys(keyed.data)
    assert len(load_master_keys(keyed.data)) == 1
    after = opened(keyed.data)
    assert after == before
    keyed.restart()
    keyed.receive(NOW + days(1), page(visitor("ada"), NOW + days(1)))
    assert keyed.lead("user-ada") == keyed.lead("browser-ada")
    assert older(keyed) == []


def test_whatever_step_it_dies_at_it_goes_on(keyed: Installation) -> None:
    """Each run ends after one piece of work; nobody meets a value that does not open."""
    deaths, before = 0, opened(keyed.data)

    def dies(done: int, total: int) -> None:  # noqa: ARG001  # a report
        if done:
            raise Crash

    while True:
        try:
            rotation.run(keyed.engine, {}, dies)
            break
        except Crash:
            deaths += 1
            assert len(load_master_keys(keyed.data)) == 2
            assert opened(keyed.data) == before
    assert deaths > 10
    assert older(keyed) == []


def test_a_second_rotation_takes_no_further_key_before_the_old_one_is_gone(keyed: Installation) -> None:
    first = rotate(keyed)["key"]
    again = rotate(keyed)
    assert (again["key"], sum(again["sealed"].values())) == (first, 0)
    retiring.keys_retire(keyed.engine)
    assert rotate(keyed)["key"] != first


def test_what_is_written_meanwhile_stays(keyed: Installation) -> None:
    """Somebody writes the very row between its being read and its being sealed anew, with the old key, as a process
    does that has not heard of the new one."""
    lead, behind = keyed.lead("user-ada"), CurrentCipher(CurrentKeys(keyed.data, FIELDS, clock=lambda: 0.0))
    column = next(each for each in sealed_columns() if each.name == "tracking.lead.card")
    rotation.add_key(keyed.data)
    ahead = CurrentCipher(CurrentKeys(keyed.data, FIELDS))

    class Meddling(CurrentCipher):
        def open(self, sealed: bytes, context: bytes = b"") -> bytes:
            plain = ahead.open(sealed, context)
            if b"ada" in plain and b"Written" not in plain:
                written = behind.seal(b'{"name":"Written meanwhile"}', column.context)
                Lead.objects.filter(pk=lead.pk).update(known=True)
                _write(lead.pk, written)
            return plain

    ids = [next(iter(column.by_key()))]
    column.seal_again(Meddling(CurrentKeys(keyed.data, FIELDS)), ids, lambda count: None)  # noqa: ARG005  # a step
    assert Lead.objects.get(pk=lead.pk).card == {"name": "Written meanwhile"}
    assert column.by_key()[ids[0]] == 1
    rotate(keyed)
    assert Lead.objects.get(pk=lead.pk).card == {"name": "Written meanwhile"}
    assert set(column.by_key()) != set(ids)
    assert older(keyed) == []


def _write(number: int, sealed: bytes) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE tracking_lead SET card = %s WHERE id = %s", [sealed, number])


def test_a_recovery_code_stays_used_up(keyed: Installation) -> None:
    rotate(keyed)
    assert Authenticator.objects.get().data["used_mask"] == 3


def test_an_old_key_that_is_needed_is_not_taken_away(keyed: Installation) -> None:
    rotation.add_key(keyed.data)
    with pytest.raises(retiring.StillNeededError, match=r"tracking\.lead\.card.*keys rotate"):
        retiring.keys_retire(keyed.engine)
    assert len(load_master_keys(keyed.data)) == 2


def test_an_old_key_comes_back_when_something_turns_up_under_it(
    keyed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collector wrote a segment under it in the last moment."""
    rotate(keyed)
    masters = load_master_keys(keyed.data)
    spool_key = derive_keys(keyed.data, "spool")[1]

    def late(data: Path, keys: list[bytes]) -> None:
        if len(keys) == 1:
            with SpoolWriter(keyed.engine.spool, spool_key, free_bytes=0) as writer:
                writer.append_all([b"late"])
        write_master_keys(data, keys)

    monkeypatch.setattr(retiring, "write_master_keys", late)
    with pytest.raises(retiring.StillNeededError, match="1 of spool"):
        retiring.keys_retire(keyed.engine)
    assert load_master_keys(keyed.data) == masters


def test_drafts_of_the_key_file_go_with_the_old_key(keyed: Installation) -> None:
    rotate(keyed)
    (keyed.data / f".{FILE_NAME}.abc").write_text("what a crash left")
    retiring.keys_retire(keyed.engine)
    assert not list(keyed.data.glob(f".{FILE_NAME}*"))


def test_the_status_tells_what_is_under_which_key_and_what_is_under_none(keyed: Installation) -> None:
    (only,) = retiring.keys_status(keyed.engine)["keys"]
    assert only["newest"]
    assert only["sealed"]["tracking.lead.card"] == Lead.objects.exclude(card=None).count()
    assert (only["sealed"]["second factors"], only["sealed"]["event store"]) == (1, 1)
    write_master_keys(keyed.data, [NEW])
    told = retiring.keys_status(keyed.engine)
    assert not told["keys"][0]["sealed"]
    assert {each["kind"] for each in told["missing"]} == set(only["sealed"])


def test_every_sealed_thing_has_its_holding(keyed: Installation) -> None:
    names = {each.name for each in holdings(keyed.engine)}
    assert {"tracking.lead.card", "crm.connection.secrets", "notifications.channel.address"} <= names
    assert {"event store", "look-ups", "second factors", "spool"} <= names


def test_a_rotation_is_a_job_and_stands_in_the_audit_trail(keyed: Installation) -> None:
    jobs.job_start(keyed.engine, rotation.ROTATION, {}, "command line")
    done = jobs.run_next(keyed.engine)
    assert done is not None
    assert (done.state, done.done == done.total > 10) == ("done", True)
    retiring.keys_retire(keyed.engine)
    assert AuditEntry.objects.filter(verb=KEYS_ROTATED).count() == 2


def test_keys_of_the_operator_are_left_to_the_operator(keyed: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    old = load_master_keys(keyed.data)[0].hex()
    monkeypatch.setenv("LEADLINE_SECRET_KEYS", old)
    with pytest.raises(TerminalError, match="openssl rand"):
        jobs.job_start(keyed.engine, rotation.ROTATION, {})
    monkeypatch.setenv("LEADLINE_SECRET_KEYS", f"{NEW.hex()} {old}")
    before = opened(keyed.data)
    rotate(keyed)
    told = retiring.keys_retire(keyed.engine)
    assert (len(told["retired"]), told["removed"]) == (1, False)
    monkeypatch.setenv("LEADLINE_SECRET_KEYS", NEW.hex())
    after = opened(keyed.data)
    assert after["tracking.Profile"] == before["tracking.Profile"]
    assert after["digest"] == before["digest"]
    assert (keyed.data / FILE_NAME).read_text().strip() == old


def test_a_damaged_value_is_named(keyed: Installation) -> None:
    profile = Profile.objects.all()[0]
    column = next(each for each in sealed_columns() if each.name == "tracking.profile.traits")
    from django.db import connection

    with connection.cursor() as cursor:
        key = next(iter(column.by_key()))
        cursor.execute("UPDATE tracking_profile SET traits = %s WHERE identity_id = %s", [key + b"junk", profile.pk])
    with pytest.raises(ConfigurationError, match=rf"tracking\.profile\.traits, row {profile.pk}: .*backup"):
        rotate(keyed)


def test_with_another_key_nothing_starts_and_it_says_why(keyed: Installation) -> None:
    write_master_keys(keyed.data, [NEW])
    forget_keys()
    with pytest.raises(ConfigurationError, match=r"key that is not here.*keys status"):
        check_lookups(keyed.data)


def test_with_another_key_for_look_ups_nothing_starts_and_it_says_why(keyed: Installation) -> None:
    """The old key is gone, and its file for look-ups was lost: everybody would be new."""
    rotate(keyed)
    retiring.keys_retire(keyed.engine)
    (keyed.data / lookup_key.FILE_NAME).unlink()
    forget_keys()
    with pytest.raises(ConfigurationError, match=r"look-ups.*Restore"):
        check_lookups(keyed.data)


def test_a_lost_file_for_look_ups_is_made_anew_while_the_first_key_is_there(keyed: Installation) -> None:
    before = lookup_key.lookup_key(keyed.data)
    (keyed.data / lookup_key.FILE_NAME).unlink()
    keyed.restart()
    assert lookup_key.lookup_key(keyed.data) == before
    assert (keyed.data / lookup_key.FILE_NAME).stat().st_mode & 0o777 == 0o600
