"""The words that were kept about leads, read back as the pure fold takes them."""

from collections.abc import Collection, Sequence

from django.db.models import Q

from leadline.qualification.models import SalesAction, Transition
from leadline.qualification.sales_words import SalesWord, own_word
from leadline.qualification.stages import Stage


def said_of(leads: Sequence[int], contacted: Collection[int] = ()) -> dict[int, list[SalesWord]]:
    """By lead, all that sales said and what the machine said beside it, in their order. Leads of which nothing was
    said are left out. What was said of a lead that is merged now counts for the one it was merged into.

    Args:
        contacted: leads that were contacted by a reserved event: the machine's words concern them too.
    """
    said: dict[int, list[SalesWord]] = {}
    columns = ("lead", "lead__merged_into", "kind", "at", "reason", "stage", "until")
    rows = SalesAction.objects.filter(Q(lead__in=leads) | Q(lead__merged_into__in=leads)).order_by("at", "pk")
    for lead, survivor, *word in rows.values_list(*columns):
        said.setdefault(survivor or lead, []).append(SalesWord(*word))
    for lead, own in own_words_of({*said, *contacted}.intersection(leads)):
        said.setdefault(lead, []).append(own)
    return said


def own_words_of(leads: Collection[int]) -> list[tuple[int, SalesWord]]:
    """Those of one time come after what sales said then: a move follows the word that caused it."""
    if not leads:
        return []
    recycled = Q(from_stage=Stage.RECYCLED) | Q(to_stage=Stage.RECYCLED)
    rows = Transition.objects.filter(recycled, lead__in=leads).order_by("at")
    columns = ("lead", "from_stage", "to_stage", "at", "reasons")
    words = [
        (lead, own_word(old, new, at, {reason["code"] for reason in reasons}))
        for lead, old, new, at, reasons in rows.values_list(*columns)
    ]
    return [(lead, word) for lead, word in words if word is not None]
