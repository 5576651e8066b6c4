"""Which names and values there are: of events, pages and conversions, and in the columns that people are chosen by."""

from leadline.eventstore.database import Cursor, fetch_int, transaction
from leadline.eventstore.doings import CODES, is_made

EVENTS = f"SELECT DISTINCT name FROM {CODES} WHERE kind IN ('track', 'screen') ORDER BY name"
PAGES = f"SELECT DISTINCT path FROM {CODES} WHERE kind = 'page' AND path <> '' ORDER BY length(path), path LIMIT $most"
PAGE = f"""SELECT count(*) FROM {CODES}
    WHERE kind = 'page' AND CASE WHEN $below THEN starts_with(path, $path) ELSE path = $path END"""
NEAR_PAGES = f"""SELECT DISTINCT path FROM {CODES} WHERE kind = 'page'
    ORDER BY jaro_winkler_similarity(path, $path) DESC, path LIMIT $most"""
CONVERSIONS = "SELECT DISTINCT name FROM memory.main.conversions"
MOST_NEAR = 50
"""So many are looked at closely for the one that was meant."""


def events_done(cursor: Cursor) -> list[str]:
    """The names of all events that came in, robots' and our own people's left out. The doings are up to date."""
    return _texts(cursor, EVENTS)


def offered(cursor: Cursor, most: int) -> tuple[list[str], list[str]]:
    """Events, and paths of pages, at most so many, the shortest first, as far as they are known now."""
    with transaction(cursor):
        if not is_made(cursor):
            return [], []
        return _texts(cursor, EVENTS), _texts(cursor, PAGES, most=most)


def page_came(cursor: Cursor, path: str) -> bool:
    """Whether anybody saw the page, or with "/blog/*" one below it. The doings are up to date."""
    asked = {"below": path.endswith("*"), "path": path.removesuffix("*")}
    ((count,),) = cursor.execute(PAGE, asked).fetchall()
    return bool(count)


def near_pages(cursor: Cursor, path: str) -> list[str]:
    """Pages that were seen, those whose paths look most alike."""
    return _texts(cursor, NEAR_PAGES, path=path, most=MOST_NEAR)


def conversions_made(cursor: Cursor) -> list[str]:
    """The names of all conversions that were ever made, under whatever rules."""
    return _texts(cursor, CONVERSIONS)


def has_somebody(cursor: Cursor, column: str, value: str) -> bool:
    """Whether anybody has this value in a column of people, whatever its case.

    Args:
        column: as a segment's field names it (`analytics/segment_fields.py`).
    """
    query = f"SELECT count(*) FROM (FROM memory.main.people WHERE lower({column}) = lower(?) LIMIT 1)"
    return bool(fetch_int(cursor, query, [value]))


def near_values(cursor: Cursor, column: str, value: str) -> list[str]:
    """Values of a column of people, those that look most like this one."""
    query = f"""SELECT DISTINCT {column} FROM memory.main.people WHERE {column} <> ''
        ORDER BY jaro_winkler_similarity(lower({column}), lower($value)) DESC, 1 LIMIT $most"""
    return _texts(cursor, query, value=value, most=MOST_NEAR)


def _texts(cursor: Cursor, query: str, **asked: object) -> list[str]:
    return [text for (text,) in cursor.execute(query, asked).fetchall()]
