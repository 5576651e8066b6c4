"""Messages in which every field that tells who somebody is holds a canary, for the collector and for imports."""

from typing import Any

from tests.acceptance.canaries import Aviary, Kind

PLANNED = "Quote Requested"


def traits(aviary: Aviary, place: str) -> dict[str, Any]:
    """Segment's reserved traits, some of a platform's own, in several spellings, and nested ones."""
    at = f"{place} traits"
    return {
        "email": aviary.email(f"{at}.email"),
        "name": aviary.name(f"{at}.name"),
        "firstName": aviary.name(f"{at}.firstName"),
        "last_name": aviary.name(f"{at}.last_name"),
        "phone": aviary.phone(f"{at}.phone"),
        "username": aviary.word(f"{at}.username"),
        "avatar": f"https://cdn.example/{aviary.word(f'{at}.avatar')}.png",
        "birthday": f"1990-01-01 {aviary.word(f'{at}.birthday')}",
        "description": aviary.text(f"{at}.description"),
        "website": f"https://{aviary.word(f'{at}.website', Kind.NAMED)}.example/{aviary.word(f'{at}.website path')}",
        "id": aviary.word(f"{at}.id"),
        "title": aviary.text(f"{at}.title"),
        "address": {
            "street": aviary.text(f"{at}.address.street"),
            "city": aviary.name(f"{at}.address.city"),
            "postalCode": aviary.word(f"{at}.address.postalCode"),
            "state": aviary.name(f"{at}.address.state"),
        },
        "company": {
            "name": f"{aviary.word(f'{at}.company.name', Kind.NAMED).capitalize()} Ltd",
            "phone": aviary.phone(f"{at}.company.phone"),
            "address": {"street": aviary.text(f"{at}.company.address.street")},
        },
        "favouriteColour": aviary.text(f"{at}.custom"),
        "linkedin": f"https://social.example/in/{aviary.word(f'{at}.linkedin')}",
        aviary.email(f"{at} name of a trait"): True,
    }


def properties(aviary: Aviary, place: str) -> dict[str, Any]:
    """What a platform may put into the properties of an event."""
    at = f"{place} properties"
    return {
        "quote_id": "quote-4711",
        "seats": 4,
        "note": aviary.text(f"{at}.note"),
        "comment": aviary.text(f"{at}.comment"),
        "email": aviary.email(f"{at}.email"),
        "contactName": aviary.name(f"{at}.contactName"),
        "requested_by": aviary.email(f"{at}.requested_by"),
        "phone": aviary.phone(f"{at}.phone"),
        "callback": int(aviary.phone(f"{at}.number").lstrip("+")),
        "ip": aviary.address(f"{at}.ip"),
        "origin": aviary.address(f"{at}.address"),
        "link": f"https://app.example/u/{aviary.email(f'{at}.link')}/x?mail={aviary.email(f'{at}.link query')}",
        "nested": {"deep": [{"user": {"email": aviary.email(f"{at}.nested")}}]},
        "list": [aviary.email(f"{at}.list"), aviary.text(f"{at}.list text")],
        "role": aviary.email(f"{at} listed"),
        aviary.email(f"{at} name"): 1,
    }


def context(aviary: Aviary, place: str) -> dict[str, Any]:
    """The context, with addresses that tell who somebody is in paths, queries and fragments."""
    at = f"{place} context"
    query = f"mail={aviary.email(f'{at}.page query').replace('@', '%40')}&name={aviary.word(f'{at}.page query name')}"
    return {
        "ip": aviary.address(f"{at}.ip"),
        "userAgent": f"Mozilla/5.0 ({aviary.word(f'{at}.userAgent')})",
        "page": {
            "url": f"https://app.example/u/{aviary.email(f'{at}.page.url')}?{query}#{aviary.word(f'{at}.hash')}",
            "path": f"/u/{aviary.email(f'{at}.page.path')}",
            "search": f"?q={aviary.word(f'{at}.page.search')}",
            "title": aviary.text(f"{at}.page.title"),
            "referrer": f"https://{aviary.word(f'{at}.user')}@mail.example/{aviary.email(f'{at}.ref')}?"
            f"to={aviary.email(f'{at}.page.referrer')}",
        },
        "referrer": {"url": f"https://mail.example/{aviary.word(f'{at}.referrer')}", "id": aviary.word(f"{at}.ref id")},
        "campaign": {
            "source": aviary.email(f"{at}.campaign.source"),
            "medium": aviary.phone(f"{at}.campaign.medium"),
            "name": f"mail to {aviary.email(f'{at}.campaign.name')}",
            "term": aviary.text(f"{at}.campaign.term"),
            "content": aviary.email(f"{at}.campaign.content"),
        },
        "device": {"id": aviary.word(f"{at}.device.id"), "name": aviary.name(f"{at}.device.name")},
        "location": {"city": aviary.name(f"{at}.location.city")},
        "traits": {"email": aviary.email(f"{at}.traits.email"), "nickname": aviary.name(f"{at}.traits.nickname")},
        "groupId": aviary.word(f"{at}.groupId"),
        "library": {"name": aviary.word(f"{at}.library.name"), "version": "1"},
    }


def envelope(aviary: Aviary, place: str) -> dict[str, Any]:
    """Who it is from, and what stands beside type and properties."""
    return {
        "messageId": f"of-{aviary.email(f'{place} messageId')}",
        "anonymousId": aviary.email(f"{place} anonymousId"),
        "context": context(aviary, place),
        "integrations": {"All": True, "CRM": {"contact": aviary.email(f"{place} integrations")}},
        "_metadata": {"by": aviary.email(f"{place} _metadata")},
    }


def good(aviary: Aviary, user: str) -> list[dict[str, Any]]:
    """Messages of every kind that can become events, of one user."""
    return [
        {"type": "identify", "userId": user, **envelope(aviary, "identify"), "traits": traits(aviary, "identify")},
        {
            "type": "track",
            "event": PLANNED,
            "userId": user,
            **envelope(aviary, "track"),
            "properties": properties(aviary, "track"),
        },
        {
            "type": "track",
            "event": f"Mail to {aviary.email('track event')}",
            "userId": user,
            **envelope(aviary, "unplanned"),
            "properties": properties(aviary, "unplanned"),
        },
        {
            "type": "page",
            "name": f"Profile of {aviary.email('page name')}",
            **envelope(aviary, "page"),
            "properties": {**properties(aviary, "page"), **context(aviary, "page properties")["page"]},
        },
        {"type": "page", "userId": user, "messageId": "kept", "context": {"page": {"path": "/pricing-of-nobody"}}},
        {"type": "screen", "name": "Profile", **envelope(aviary, "screen"), "properties": properties(aviary, "screen")},
        {
            "type": "group",
            "userId": user,
            "groupId": aviary.email("group groupId"),
            **envelope(aviary, "group"),
            "traits": {
                "name": f"{aviary.word('group traits.name', Kind.NAMED).capitalize()} Ltd",
                "email": aviary.email("group traits.email"),
                "phone": aviary.phone("group traits.phone"),
                "owner": aviary.name("group traits.owner"),
                "address": {"street": aviary.text("group traits.address.street")},
            },
        },
        {"type": "alias", "userId": user, "previousId": aviary.email("alias previousId"), **envelope(aviary, "alias")},
    ]


def bad(aviary: Aviary, user: str) -> list[dict[str, Any]]:
    """Messages that go to quarantine, for as many reasons as there are."""
    deep: Any = aviary.email("too deep")
    for _ in range(40):
        deep = {"deeper": deep}
    return [
        {"type": aviary.email("unknown type"), "userId": user, "messageId": "bad-1"},
        {"type": aviary.word("unknown type word").capitalize(), "userId": user, "messageId": "bad-2"},
        {"type": "track", "userId": user, "properties": properties(aviary, "no event"), "messageId": "bad-3"},
        {"type": "identify", "traits": traits(aviary, "nobody"), "messageId": "bad-4"},
        {
            "type": "track",
            "event": PLANNED,
            "userId": user,
            "properties": {"quote_id": "quote-4712"},
            "timestamp": aviary.text("bad timestamp"),
            "messageId": "bad-5",
        },
        {
            "type": "track",
            "event": PLANNED,
            "userId": user,
            "properties": {"seats": aviary.email("breaks the plan"), "role": aviary.text("beside a violation")},
            "messageId": "bad-6",
        },
        {"type": "track", "event": "Deep", "userId": user, "properties": deep, "messageId": "bad-7"},
        {"type": "group", "userId": user, "traits": {"name": aviary.name("group without id")}, "messageId": "bad-8"},
        {"type": ["track", aviary.email("type a list")], "userId": user, "messageId": "bad-9"},
        {"type": "alias", "previousId": aviary.email("alias of nobody"), "messageId": "bad-10"},
        {
            "type": "track",
            "event": f"Unknown of {aviary.email('unknown event')}",
            "userId": user,
            "properties": {"text": aviary.text("too large") + "x" * 33_000},
            "messageId": "bad-11",
        },
    ]


def posthog(aviary: Aviary, key: str) -> dict[str, Any]:
    """What posthog-python sends."""
    return {
        "api_key": key,
        "batch": [
            {
                "event": "$identify",
                "distinct_id": aviary.email("posthog distinct_id"),
                "uuid": "0b7e7ec0-4711-4711-8000-000000000001",
                "properties": {
                    "$set": {"email": aviary.email("posthog $set.email"), "name": aviary.name("posthog $set.name")},
                    "$current_url": f"https://app.example/?q={aviary.email('posthog $current_url')}",
                    "$ip": aviary.address("posthog $ip"),
                    "$anon_distinct_id": aviary.word("posthog $anon_distinct_id"),
                },
            }
        ],
    }
