"""What a ruleset of stage 3 tells tracking, which is stage 1, to look out for."""

from leadline.scoring.ruleset import Ruleset
from leadline.tracking.conversions import ConversionRecipe

SALES_CONTACT = "sales_contact"
"""Not a conversion of the ruleset: the reserved event `Lead Contacted {owner, channel}` that a CRM or a platform sends
when somebody from sales has spoken to a person."""
OPPORTUNITY = "opportunity"
WON_DEAL = "won_deal"


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
