"""Leads by the words of their names: keyed digests of beginnings, kept in step with the cards that lists show."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import connection, transaction

from leadline.privacy.fields import lookup_hasher
from leadline.tracking.chunks import chunks
from leadline.tracking.models import Lead, NameWord
from leadline.tracking.name_words import LONGEST, beginnings, fits, names_of, words_of

DIGEST_BYTES = 8
KIND = "name"
MOST_FOUND = 20_000
"""Of one search, by the numbers of leads. The rest is not found: whoever gets so many goes on typing."""
Names = Mapping[int, frozenset[str]]
"""Words by lead."""


def index_names(names: Names, before: Names) -> None:
    """Have exactly these words found, of leads whose words `before` were others."""
    changed = [lead for lead, words in names.items() if words != before.get(lead, frozenset())]
    if not changed:
        return
    with transaction.atomic():
        _forget(lead for lead in changed if before.get(lead))
        _add((digest, lead) for lead in changed for digest in digests_of(names[lead]))


def index_missing(leads: Sequence[Lead]) -> int:
    """Make the words of these leads anew, whatever there is. Returns how many leads have any."""
    names = {lead.pk: names_of(lead.card) for lead in leads}
    with transaction.atomic():
        _forget(names)
        _add((digest, lead) for lead, words in names.items() for digest in digests_of(words))
    return sum(1 for words in names.values() if words)


def digests_of(words: Iterable[str]) -> list[int]:
    """The digests by which somebody with these words in their names is found."""
    return [digest_of(text) for text in sorted({text for word in words for text in beginnings(word)})]


def leads_named(search: str) -> list[int]:
    """The leads of whose names every word of the search begins one, in the order of their numbers; at most
    `MOST_FOUND`. Words of one letter are left out; a search of nothing else finds nobody."""
    words = list(dict.fromkeys(words_of(search)))
    if not words:
        return []
    found = _candidates({digest_of(word[:LONGEST]) for word in words})
    return _checked(found, words) if any(len(word) > LONGEST for word in words) else found


def _candidates(digests: Collection[int]) -> list[int]:
    first, *others = (NameWord.objects.filter(digest=each).values_list("lead_id", flat=True) for each in digests)
    found = first.intersection(*others) if others else first
    return list(found.order_by("lead_id")[:MOST_FOUND])


def _checked(leads: Collection[int], words: Collection[str]) -> list[int]:
    rows = (row for some in chunks(leads) for row in Lead.objects.filter(pk__in=some).only("card"))
    return sorted(row.pk for row in rows if fits(names_of(row.card), words))


def digest_of(text: str) -> int:
    """What is stored of one beginning: 64 bits of its keyed digest."""
    return int.from_bytes(lookup_hasher().digest(KIND, text)[:DIGEST_BYTES], "big", signed=True)


def _forget(leads: Iterable[int]) -> None:
    for some in chunks(leads):
        NameWord.objects.filter(lead__in=some).delete()


def _add(rows: Iterable[tuple[int, int]]) -> None:
    """Without Django's objects, of which there would be a dozen for each person."""
    table = connection.ops.quote_name(NameWord._meta.db_table)
    query = f"INSERT INTO {table} (digest, lead_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"  # noqa: S608  # our own names
    with connection.cursor() as cursor:
        for some in chunks(rows):
            cursor.executemany(query, some)
