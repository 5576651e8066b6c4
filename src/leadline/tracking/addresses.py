"""What kind of e-mail address someone gave: the one thing about it that scores and disqualifications may look at."""

from collections.abc import Iterable

FREE_MAIL = frozenset(
    """
    aim.com aol.com bellsouth.net bigpond.com bk.ru btinternet.com comcast.net cox.net duck.com earthlink.net
    fastmail.com free.fr gmail.com gmx.at gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.co.uk
    hotmail.com hotmail.fr hushmail.com icloud.com inbox.com libero.it list.ru live.co.uk live.com mac.com
    mail.com mail.ru me.com msn.com naver.com orange.fr outlook.com outlook.de pm.me posteo.de proton.me
    protonmail.com qq.com rediffmail.com rocketmail.com sbcglobal.net t-online.de tutanota.com verizon.net
    wanadoo.fr web.de yahoo.ca yahoo.co.in yahoo.co.uk yahoo.com yahoo.com.au yahoo.de yahoo.fr yandex.com
    yandex.ru ymail.com zoho.com 126.com 163.com
    """.split()  # hosts read better as text
)
"""Where anybody gets an address for nothing. Owners of small firms use them: never a disqualification."""

DISPOSABLE = frozenset(
    """
    10minutemail.com 20minutemail.com 33mail.com burnermail.io byom.de discard.email dispostable.com
    dropmail.me emailondeck.com fakeinbox.com getairmail.com getnada.com grr.la guerrillamail.biz
    guerrillamail.com guerrillamail.de guerrillamail.net guerrillamail.org inboxbear.com incognitomail.org
    jetable.org maildrop.cc mailcatch.com mailinator.com mailnesia.com mailpoof.com minuteinbox.com
    mintemail.com mohmal.com mytemp.email sharklasers.com spam4.me spamgourmet.com temp-mail.io temp-mail.org
    tempail.com tempmail.com tempmail.dev tempmailo.com tempr.email throwawaymail.com trashmail.com
    trashmail.de wegwerfmail.de yopmail.com yopmail.fr
    """.split()  # hosts read better as text
)
"""Where an address lives for minutes."""

SHARED_SUFFIXES = frozenset("ac co com edu gob gov gub mil net nom or org".split())
"""Before the two letters of a country, these are no company's: acme.co.uk is one, co.uk is none. A short list of habits
and not the whole public suffix list: what it misses splits a company's people over subdomains, and joins nobody."""
COUNTRY_LENGTH = 2

TEST_PREFIXES = ("test+", "qa+")
"""Local parts that testers use."""


def classify_address(
    email: str,
    own_domains: Iterable[str] = (),
    test_domains: Iterable[str] = (),
    competitors: Iterable[str] = (),
) -> str:
    """The class of an address: test, own, competitor, disposable, free or business; the first that holds.

    Args:
        email: the address. One without a domain counts as business: nothing speaks against it.
        own_domains: of the platform's own staff; like the others, a domain stands for its subdomains too.
        test_domains: of addresses that only tests use.
        competitors: of competitors and vendors.
    """
    local, _, domain = email.strip().lower().rpartition("@")
    domains = _with_parents(domain.rstrip("."))
    classes = (
        ("test", local.startswith(TEST_PREFIXES) or _listed(domains, test_domains)),
        ("own", _listed(domains, own_domains)),
        ("competitor", _listed(domains, competitors)),
        ("disposable", not domains.isdisjoint(DISPOSABLE)),
        ("free", not domains.isdisjoint(FREE_MAIL)),
    )
    return next((name for name, holds in classes if holds), "business")


def company_domain(email: str) -> str:
    """The domain that a company registered, of an address at it or at a subdomain of it; empty without one."""
    labels = email.rpartition("@")[2].strip().lower().rstrip(".").split(".")
    if len(labels) < len(("name", "tld")) or not all(labels):
        return ""
    shared = len(labels[-1]) == COUNTRY_LENGTH and labels[-2] in SHARED_SUFFIXES
    registered = labels[-3:] if shared else labels[-2:]
    return ".".join(registered) if len(registered) > shared + 1 else ""


def company_name(domain: str) -> str:
    """What to call a company of which only the domain is known: "acme-tools.co.uk" is Acme Tools."""
    return " ".join(word.capitalize() for word in domain.partition(".")[0].replace("_", "-").split("-") if word)


def _listed(domains: frozenset[str], listed: Iterable[str]) -> bool:
    return any(domain.strip().lower().removeprefix("@") in domains for domain in listed)


def _with_parents(domain: str) -> frozenset[str]:
    """A domain and those that it is a subdomain of."""
    labels = domain.split(".")
    return frozenset(".".join(labels[start:]) for start in range(len(labels)))
