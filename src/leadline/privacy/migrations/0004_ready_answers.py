"""Access and portability are done when the person has the answer. What was called done and was neither mailed nor taken by
anybody is to be handed over, and open again."""

from datetime import UTC, datetime

from django.db import migrations, models

STATES = [
    ("received", "Waits for the identity check"),
    ("verified", "Identity checked"),
    ("working", "Being carried out"),
    ("ready", "To hand over"),
    ("done", "Done"),
    ("refused", "Refused"),
]


def reopen(apps, schema_editor):  # noqa: ARG001  # what Django calls
    """Of an answer that nothing is held it was not written down whether they were told: it stays done."""
    requests = apps.get_model("privacy", "SubjectRequest").objects
    for row in requests.filter(kind__in=("access", "portability"), state="done").iterator():
        if row.proof.get("found") == 0 or any(_gave(step) for step in row.steps):
            continue
        row.steps = [*row.steps, _step("ready")]
        row.state, row.finished_at = "ready", None
        row.save(update_fields=["state", "steps", "finished_at"])


def close(apps, schema_editor):  # noqa: ARG001  # what Django calls
    """As it was called before."""
    requests = apps.get_model("privacy", "SubjectRequest").objects
    for row in requests.filter(state="ready").iterator():
        row.steps = [*row.steps, _step("done")]
        row.state, row.finished_at = "done", datetime.now(UTC)
        row.save(update_fields=["state", "steps", "finished_at"])


def _gave(step):
    return step["what"] == "fetched" or (step["what"] == "mailed" and step.get("letter") == "done")


def _step(what):
    return {"at": datetime.now(UTC).isoformat(), "what": what, "user": None, "via": "server"}


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_retention")]

    operations = [
        migrations.AlterField(
            model_name="subjectrequest",
            name="state",
            field=models.CharField(choices=STATES, db_index=True, default="received", max_length=10),
        ),
        migrations.RunPython(reopen, close),
    ]
