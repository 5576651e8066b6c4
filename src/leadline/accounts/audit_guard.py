"""The database itself refuses to change the audit trail: triggers, on SQLite and PostgreSQL.

An entry is never updated. It is deleted only when a later entry of the trail says so: one with the verb
`audit.trimmed` about a number as high as its own, which `leadline.accounts.audit.trim` writes in the same transaction.
A migration that alters the table has to install these again: Django makes a new table for that on SQLite.
"""

from typing import Any

TABLE = "accounts_auditentry"
_SAID = f"SELECT 1 FROM {TABLE} WHERE verb = 'audit.trimmed' AND about_number >= OLD.number AND number > OLD.number"  # noqa: S608  # our own table
_LATER = f"SELECT 1 FROM {TABLE} WHERE number >= NEW.number"  # noqa: S608  # the same
_UPDATE = "The audit trail is append-only: an entry is never changed."
_DELETE = "The audit trail is append-only: leadline audit trim removes old entries."

SQLITE = {
    "audit_no_update": f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON {TABLE} "
    f"BEGIN SELECT RAISE(ABORT, '{_UPDATE}'); END",
    "audit_no_delete": f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE} "
    f"WHEN NOT EXISTS ({_SAID}) BEGIN SELECT RAISE(ABORT, '{_DELETE}'); END",
    # INSERT OR REPLACE takes the entry that is there away without asking the trigger above
    "audit_no_replace": f"CREATE TRIGGER audit_no_replace BEFORE INSERT ON {TABLE} "
    f"WHEN EXISTS ({_LATER}) BEGIN SELECT RAISE(ABORT, '{_UPDATE}'); END",
}
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION '{_UPDATE}'; END IF;
  IF TG_OP = 'TRUNCATE' THEN RAISE EXCEPTION '{_DELETE}'; END IF;
  IF EXISTS ({_SAID}) THEN RETURN OLD; END IF;
  RAISE EXCEPTION '{_DELETE}';
END $$"""
POSTGRESQL = {
    "audit_no_change": f"CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "audit_no_truncate": f"CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
}


def install(connection: Any) -> None:
    """Make the triggers; those that are there stay."""
    there = _installed(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for name, statement in _wanted(connection).items():
            if name not in there:
                cursor.execute(statement)


def uninstall(connection: Any) -> None:
    """Take the triggers away, for the way back of the migration."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS audit_refuse() CASCADE")
        else:
            for name in SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def is_guarded(connection: Any) -> bool:
    """Whether the database refuses to change the trail."""
    return set(_wanted(connection)) <= _installed(connection)


def _wanted(connection: Any) -> dict[str, str]:
    return POSTGRESQL if connection.vendor == "postgresql" else SQLITE


def _installed(connection: Any) -> set[str]:
    postgresql = f"SELECT tgname FROM pg_trigger WHERE tgrelid = '{TABLE}'::regclass AND tgenabled <> 'D'"  # noqa: S608  # our own table
    sqlite = f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{TABLE}'"  # noqa: S608  # our own table
    with connection.cursor() as cursor:
        cursor.execute(postgresql if connection.vendor == "postgresql" else sqlite)
        return {name for (name,) in cursor.fetchall()}
