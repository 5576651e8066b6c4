"""What a ruleset of stage 3 tells tracking, which is stage 1, to look out for."""

from leadline.qualification.records import SALES_CONTACT
from leadline.scoring.ruleset import Ruleset
from leadline.tracking.conversions import ConversionRecipe


def conversion_recipes(ruleset: Ruleset) -> list[ConversionRecipe]:
    """The ruleset's conversions, and the reserved sales contact."""
    declared = [
        ConversionRecipe(
            name=rule.name,
            event=rule.event,
            where=rule.where,
            key=rule.key,
            amount=rule.amount,
            currency=rule.currency,
            unless=rule.unless,
            facts=rule.facts,
        )
        for rule in ruleset.conversions
    ]
    contact = ConversionRecipe(SALES_CONTACT, "Lead Contacted", (), "", "", "", (), ("owner", "channel"))
    return [*declared, contact]
