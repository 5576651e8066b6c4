"""A person is taken out of everything; others stay as they are; a crash costs a step; what was erased stays away."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from erasure_cast import ADA_EMAIL, CANARIES, NOW, ada, both
from pipeline_cast import MONDAY, Installation, days, hours, identify, page, user, visitor

from leadline.accounts.models import AuditEntry
from leadline.crm import leasing
from leadline.crm.errors import UnreachableError
from leadline.crm.models import Connection, Link, SandboxRecord
from leadline.eventstore.queries import count_events
from leadline.kernel.errors import DocumentError, NotFoundError, TerminalError, TransientError
from leadline.pipeline import checkup, jobs, sales
from leadline.pipeline.accounting import account
from leadline.pipeline.privacy import elsewhere, erasing, erasures, ledger
from leadline.pipeline.privacy.at_work import working_on
from leadline.pipeline.privacy.erasure_commands import privacy_erasures, privacy_reapply
from leadline.pipeline.privacy.proof import proof_lines
from leadline.pipeline.privacy.registry import kinds_of
from leadline.pipeline.privacy.subjects import subject_of
from leadline.pipeline.tick import tick
from leadline.privacy.kinds import Whose
from leadline.privacy.models import ErasedName, Erasure
from leadline.tracking.models import EventSource, Identity, Lead

pytestmark = pytest.mark.django_db(transaction=True)
LATER = MONDAY + days(2.5)


class Died(BaseException):
    """What the tests raise at a step."""


def erase(place: Installation, who: str = ADA_EMAIL, crm: str = "delete") -> Erasure:
    """Asked for and carried out."""
    asked = erasures.ask(who, crm, NOW)
    carry_out(place)
    return Erasure.objects.get(pk=asked.pk)


def said_by_doctor(place: Installation) -> tuple[bool, str]:
    finding = next(each for each in checkup.examine(place.data) if each.check == "erasures")
    return finding.ok, finding.text


def carry_out(place: Installation) -> list[Erasure]:
    """As of the third day."""
    return erasing.carry_out(place.engine, clock=lambda: NOW)


def values() -> set[str]:
    """Every name that is known."""
    return {str(identity.value) for identity in Identity.objects.all()}


def test_every_kind_of_data_was_held_of_her_and_nothing_of_any_is_left(place: Installation) -> None:
    both(place)
    with working_on(place.engine):
        subject = subject_of(place.lead("user-ada").pk)
        held = {kind.name for kind in kinds_of(Whose.LEADS) if kind.remains(subject)}
    assert {"tracking.identities", "tracking.leads", "tracking.profiles", "tracking.conversions"} <= held
    assert {"events.events", "events.scores", "events.visits", "events.pointers", "events.traits"} <= held
    row = erase(place)
    assert set(row.proof["erased"]) >= held - {"events.memory"}
    assert set(row.proof["erased"]) <= {kind.name for kind in kinds_of(Whose.LEADS)}
    assert set(row.proof["left"]) >= set(row.proof["erased"])
    assert {line.title for line in proof_lines(row.proof)} >= {"What they did", "Scores", "Sums by day"}
    assert not any(row.proof["left"].values())
    with working_on(place.engine):
        assert not any(kind.remains(subject) for kind in kinds_of(Whose.LEADS))


def test_who_stays_is_as_before(place: Installation) -> None:
    both(place)
    lead, total, stages = place.lead("user-ben").pk, place.total("user-ben"), place.stages("user-ben")
    erase(place)
    assert place.lead("user-ben").pk == lead
    assert (place.total("user-ben"), place.stages("user-ben")) == (total, stages)
    with place.engine.store.cursor() as cursor:
        assert count_events(cursor) == 5
    assert values() == {"user-ben", "browser-ben", "ben@example.com"}
    assert total


def test_an_erasure_says_that_it_is_done_only_at_its_end_and_then_holds_numbers_only(place: Installation) -> None:
    both(place)
    row = erasures.ask("user-ada", "delete", NOW)
    assert row.finished_at is None
    file = place.engine.store.path
    carry_out(place)
    row.refresh_from_db()
    assert row.finished_at is not None
    assert row.whom is None
    assert place.engine.store.path != file
    assert not file.exists()
    assert AuditEntry.objects.filter(verb="person.erased", about_number=row.lead).count() == 1
    told = json.dumps(privacy_erasures(place.engine))
    assert not [canary for canary in CANARIES if canary in told]


def test_the_ledger_has_digests_in_the_store_and_in_its_file_and_no_name(place: Installation) -> None:
    both(place)
    row = erase(place)
    text = (place.data / ledger.FILE_NAME).read_text()
    assert row.proof["names"] == ErasedName.objects.count() == len(text.splitlines()) == 3
    assert not [canary for canary in CANARIES if canary in text]
    assert (place.data / ledger.FILE_NAME).stat().st_mode & 0o777 == 0o600


STEPS = [
    "settle_spool",
    "plan",
    "erase_records",
    "erase_events",
    "erase_files",
    "copy_store",
    "erase_elsewhere",
    "sweep",
]


@pytest.mark.parametrize(("step", "when"), [*((step, "before") for step in STEPS), (STEPS[-1], "after")])
def test_a_process_that_dies_before_any_step_or_after_the_last_is_gone_on_with(
    place: Installation, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    both(place)
    total = place.total("user-ben")
    erasures.ask("user-ada", "delete", NOW)
    with monkeypatch.context() as patched:
        patched.setattr(erasing, step, dying(getattr(erasing, step), when))
        with pytest.raises(Died):
            carry_out(place)
    assert not Erasure.objects.filter(finished_at__isnull=False).exists()
    place.restart()
    carry_out(place)
    row = Erasure.objects.get()
    assert row.finished_at is not None
    assert row.whom is None
    assert not any(row.proof["left"].values())
    assert {"events.events", "events.scores", "tracking.identities"} <= set(row.proof["erased"])
    assert values() == {"user-ben", "browser-ben", "ben@example.com"}
    assert place.total("user-ben") == total


def test_what_was_erased_is_counted_before_though_the_process_dies_right_after(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    both(place)
    erasures.ask("user-ada", "delete", NOW)
    with monkeypatch.context() as patched:
        patched.setattr(erasing, "score_those_left", dying(erasing.score_those_left, "before"))
        with pytest.raises(Died):
            carry_out(place)
    with place.engine.store.cursor() as cursor:
        assert count_events(cursor) == 5
    place.restart()
    carry_out(place)
    assert Erasure.objects.get().proof["erased"]["events.events"] > 0


def test_who_sells_is_told_that_the_stores_are_written_anew(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    both(place)
    monkeypatch.setattr(sales, "LOCK_SECONDS", 0.01)
    said: list[str] = []
    copied = erasing.recopy

    def sell() -> None:
        try:
            with sales.locked(place.engine):
                said.append("nothing")
        except sales.BusyError as error:
            said.append(str(error))

    def sold_meanwhile(*given: Any, **named: Any) -> Any:
        seller = Thread(target=sell)
        seller.start()
        seller.join()
        return copied(*given, **named)

    monkeypatch.setattr(erasing, "recopy", sold_meanwhile)
    erase(place)
    assert len(said) == 1
    assert said[0].startswith("The pipeline is busy: somebody is being erased")
    assert place.engine.occupied == ""


def dying(step: Callable[..., Any], when: str) -> Callable[..., Any]:
    def died(*arguments: Any, **named: Any) -> None:
        if when == "after":
            step(*arguments, **named)
        raise Died

    return died


def test_what_waits_in_the_spool_is_hers_too_and_gone_with_its_file(place: Installation) -> None:
    place.send(MONDAY + days(2), *ada())
    place.tick(MONDAY + days(2))
    place.send(LATER, page(user("ada"), LATER, path="/waits"))
    assert list(place.engine.spool.glob("*.seg"))
    erase(place)
    assert not list(place.engine.spool.glob("*.seg"))
    assert not values()
    with place.engine.store.cursor() as cursor:
        assert count_events(cursor) == 0


def test_her_past_that_comes_late_is_dropped(place: Installation) -> None:
    both(place)
    erase(place)
    place.receive(NOW, *ada(), page(visitor("ada"), MONDAY, path="/again"))
    assert not values() & {"user-ada", "browser-ada", ADA_EMAIL}


def test_an_import_without_times_does_not_bring_her_back(place: Installation) -> None:
    both(place)
    erase(place)
    now = NOW + hours(1)
    place.receive(now, identify(user("ada"), now, email=ADA_EMAIL), identify(user("cara"), now, email=ADA_EMAIL))
    assert not values() & {"user-ada", "user-cara", ADA_EMAIL}
    assert EventSource.objects.get().suppressed == 2


def test_what_is_left_out_is_counted_once_however_often_its_segment_is_taken(place: Installation) -> None:
    both(place)
    erase(place)
    before, now = account(place.engine), NOW + hours(1)
    path = place.send(now, identify(user("ada"), now), page(user("cara"), now))
    place.engine.desk.take_in(path, place.engine.spool_keys)  # step (a) only
    place.tick(now)
    after = account(place.engine)
    assert (after.accepted - before.accepted, after.stored - before.stored, after.waiting) == (1, 1, 0)
    assert EventSource.objects.get().suppressed == 1


def test_what_she_does_by_herself_later_is_hers_to_send_and_opens_the_door_to_imports(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    both(place)
    erase(place)
    now = NOW + hours(1)
    monkeypatch.setattr("leadline.tracking.suppression.BROUGHT", frozenset())
    place.receive(now, page(user("ada"), now))
    monkeypatch.undo()
    assert "user-ada" in values()
    place.receive(now + hours(1), page(user("ada"), now + hours(1)), page(user("ada"), MONDAY))
    with place.engine.store.cursor() as cursor:
        assert count_events(cursor) == 5 + 2


def test_two_people_cost_one_copy(place: Installation) -> None:
    both(place)
    for who in ("user-ada", "user-ben"):
        erasures.ask(who, "delete", NOW)
    assert len(carry_out(place)) == 2
    assert place.engine.store.path.name == "events.2.duckdb"
    assert not Lead.objects.exists()
    with place.engine.store.cursor() as cursor:
        assert count_events(cursor) == 0


def test_a_visitor_without_a_name_and_a_merged_lead_are_erased_whole(place: Installation) -> None:
    both(place)
    merged = place.home("browser-ada").pk
    row = erase(place, str(merged))
    assert row.lead != merged
    assert not Lead.objects.filter(pk__in=[row.lead, merged]).exists()


def test_a_restored_name_is_erased_again_and_one_that_came_back_by_itself_is_not(place: Installation) -> None:
    both(place)
    erase(place)
    kept = (place.data / ledger.FILE_NAME).read_bytes()
    Erasure.objects.all().delete()
    ErasedName.objects.all().delete()
    (place.data / ledger.FILE_NAME).unlink()
    place.receive(MONDAY + days(4), *ada())
    assert "user-ada" in values()
    assert privacy_reapply(place.engine) == {"learnt": 0, "erasures": 0}
    (place.data / "kept.jsonl").write_bytes(kept)
    assert said_by_doctor(place) == (True, "none waits")
    (place.data / ledger.FILE_NAME).write_bytes(kept)
    assert said_by_doctor(place) == (False, "3 erased names are here again: leadline privacy reapply")
    (place.data / ledger.FILE_NAME).unlink()
    assert privacy_reapply(place.engine, str(place.data / "kept.jsonl")) == {"learnt": 3, "erasures": 1}
    carry_out(place)
    assert said_by_doctor(place) == (True, "none waits")
    assert not values() & {"user-ada", "browser-ada", ADA_EMAIL}
    assert privacy_reapply(place.engine) == {"learnt": 0, "erasures": 0}
    Identity.objects.create(
        kind="user_id", digest=ErasedName.objects.get(kind="user_id").digest, value="x", first_seen_at=NOW + hours(1)
    )
    assert privacy_reapply(place.engine) == {"learnt": 0, "erasures": 0}


def test_a_ledger_that_is_none_is_refused_and_one_cut_off_by_a_crash_is_read(
    place: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "ledger"
    ledger.append(file, [("email", b"x" * 16, datetime(2026, 1, 1, tzinfo=UTC))])
    file.write_text(file.read_text() + '{"kind": "em')
    assert privacy_reapply(place.engine, str(file)) == {"learnt": 1, "erasures": 0}
    ledger.append(file, [("email", b"y" * 16, datetime(2026, 1, 1, tzinfo=UTC))])
    assert privacy_reapply(place.engine, str(file)) == {"learnt": 1, "erasures": 0}  # what was cut off spoils no other
    file.write_text('{"kind": "email"}\n')
    with pytest.raises(DocumentError):
        privacy_reapply(place.engine, str(file))
    with pytest.raises(NotFoundError):
        privacy_reapply(place.engine, str(tmp_path / "nothing"))


def test_asking_twice_is_one_erasure_and_asking_afterwards_says_when_it_was(place: Installation) -> None:
    both(place)
    first = erasures.ask("user-ada", "delete", NOW)
    assert erasures.ask(ADA_EMAIL, "delete", NOW).pk == first.pk
    carry_out(place)
    with pytest.raises(NotFoundError, match="was erased at"):
        erasures.ask(str(first.lead), "delete", NOW)
    with pytest.raises(NotFoundError, match="Nobody"):
        erasures.ask("user-ada", "delete", NOW)
    with pytest.raises(TerminalError, match="delete, anonymise, keep"):
        erasures.ask("user-ben", "shred", NOW)


def test_it_is_a_job_that_says_how_far_it_is_and_goes_on_after_it_failed(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise TransientError("Not now.")

    both(place)
    monkeypatch.setattr(erasing, "tick", lambda engine, _: tick(engine, NOW))
    erasures.ask("user-ada", "delete", NOW)
    monkeypatch.setattr(erasing, "erase_files", refused)
    assert jobs.run(place.engine, jobs.start("erasure", {})).state == jobs.FAILED
    assert Erasure.objects.get().trouble == "Not now."
    monkeypatch.undo()
    monkeypatch.setattr(erasing, "tick", lambda engine, _: tick(engine, NOW))
    steps: list[tuple[int, int]] = []
    job = jobs.run(place.engine, jobs.start("erasure", {}), lambda done, total: steps.append((done, total)))
    assert job.state == jobs.DONE
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1]
    assert job.result is not None
    assert job.result["erasures"][0]["state"] == "erased"
    assert Erasure.objects.get().trouble == ""


def linked(place: Installation, name: str) -> Connection:
    """A CRM that has a record of somebody; ours, so that no call leaves the machine."""
    connection = Connection.objects.create(name="trial", kind="sandbox", mapping="")
    now = place.lead(name).last_seen_at
    record = SandboxRecord.objects.create(
        connection=connection, external_id="e", values={"name": "Kept"}, updated_at=now
    )
    Link.objects.create(
        connection=connection,
        lead=place.lead(name),
        external_id="e",
        remote_id=str(record.pk),
        remote_type="record",
        sent={"name": "Kept"},
    )
    return connection


def test_her_record_in_a_crm_is_deleted_and_the_proof_says_so(place: Installation) -> None:
    both(place)
    linked(place, "user-ada")
    number = SandboxRecord.objects.get().pk
    row = erase(place)
    assert row.proof["elsewhere"] == [{"crm": "trial", "record": str(number), "outcome": "erased", "why": ""}]
    assert not SandboxRecord.objects.exists()
    assert not Link.objects.exists()
    assert Connection.objects.get().lease == ""


def test_her_record_is_emptied_or_kept_where_that_was_asked_for(place: Installation) -> None:
    both(place)
    connection = linked(place, "user-ada")
    row = erase(place, crm="keep")
    assert [fate["outcome"] for fate in row.proof["elsewhere"]] == ["kept"]
    assert SandboxRecord.objects.get().values == {"name": "Kept"}
    Link.objects.create(
        connection=connection,
        lead=place.lead("user-ben"),
        external_id="e",
        remote_id=str(SandboxRecord.objects.get().pk),
        sent={"name": "Kept"},
    )
    row = erase(place, "user-ben", crm="anonymise")
    assert [fate["outcome"] for fate in row.proof["elsewhere"]] == ["emptied"]
    assert "Kept" not in str(SandboxRecord.objects.get().values)


def test_a_crm_that_is_down_holds_up_the_end_and_nothing_before(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise UnreachableError("No answer.")

    both(place)
    linked(place, "user-ada")
    asked = erasures.ask("user-ada", "delete", NOW)
    monkeypatch.setattr(elsewhere, "take_away", down)
    with pytest.raises(TransientError, match="could not be reached"):
        carry_out(place)
    asked.refresh_from_db()
    assert asked.finished_at is None
    assert "trial" in asked.trouble
    assert asked.whom is not None
    assert (asked.whom["subject"], len(asked.whom["remotes"])) == (None, 1)
    assert not values() & {"user-ada", "browser-ada", ADA_EMAIL}
    file = place.engine.store.path
    monkeypatch.undo()
    carry_out(place)
    asked.refresh_from_db()
    assert asked.finished_at is not None
    assert [fate["outcome"] for fate in asked.proof["elsewhere"]] == ["erased"]
    assert place.engine.store.path == file


def test_a_run_of_a_crm_that_is_at_work_is_waited_for(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    both(place)
    connection = linked(place, "user-ada")
    token = leasing.take(connection, NOW)
    pauses: list[float] = []

    def the_run_ends(seconds: float) -> None:
        pauses.append(seconds)
        assert "user-ada" in values()
        leasing.give_back(connection, token)

    monkeypatch.setattr(elsewhere, "utc_now", lambda: NOW)
    monkeypatch.setattr("leadline.pipeline.privacy.elsewhere.time.sleep", the_run_ends)
    erase(place)
    assert len(pauses) == 1


def test_a_server_that_starts_goes_on_with_what_is_not_done(place: Installation) -> None:
    both(place)
    jobs.take_up()
    assert not jobs.jobs(place.engine, "erasure")
    erasures.ask("user-ada", "delete", NOW)
    jobs.take_up()
    jobs.take_up()
    assert [job["state"] for job in jobs.jobs(place.engine, "erasure")] == [jobs.WAITING]


def test_of_an_unexpected_failure_only_its_kind_is_kept(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError(CANARIES)

    both(place)
    erasures.ask("user-ada", "delete", NOW)
    monkeypatch.setattr(erasing, "erase_files", broken)
    with pytest.raises(ValueError, match="Canary"):
        carry_out(place)
    assert Erasure.objects.get().trouble == "ValueError"
