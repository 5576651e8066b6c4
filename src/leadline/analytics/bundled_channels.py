"""The channel rules that hold until somebody writes others: close to the default channel group of Google Analytics 4.

They differ where it helps a seller: a link tagged as a referral is a partner's, assistants have a channel of their own,
and paid clicks from nowhere known are Paid other. Pure.
"""

from leadline.analytics.channels import DIRECT, ChannelRule, Condition, Test

SEARCH_BEGINS = ("google.", "www.google.", "news.google.", "yandex.", "www.yandex.")
SEARCH_DOMAINS = ("bing.com", "duckduckgo.com", "search.yahoo.com", "yahoo.co.jp", "ecosia.org", "baidu.com",
                  "qwant.com", "startpage.com", "search.brave.com", "kagi.com", "naver.com",
                  "sogou.com", "seznam.cz")  # fmt: skip
SEARCH_SOURCES = ("google", "bing", "yahoo", "duckduckgo", "ecosia", "baidu", "yandex", "naver", "adwords", "microsoft")
SOCIAL_DOMAINS = ("linkedin.com", "lnkd.in", "facebook.com", "fb.com", "instagram.com", "t.co", "x.com", "twitter.com",
                  "youtube.com", "youtu.be", "reddit.com", "pinterest.com", "tiktok.com", "threads.net", "bsky.app",
                  "xing.com", "vk.com", "quora.com", "news.ycombinator.com", "whatsapp.com", "t.me")  # fmt: skip
SOCIAL_SOURCES = ("linkedin", "facebook", "fb", "instagram", "ig", "twitter", "x", "youtube", "reddit", "pinterest",
                  "tiktok", "threads", "bluesky", "xing", "quora", "whatsapp", "telegram")  # fmt: skip
ASSISTANTS = ("chatgpt.com", "chat.openai.com", "perplexity.ai", "claude.ai", "gemini.google.com",
              "copilot.microsoft.com", "chat.mistral.ai", "deepseek.com", "grok.com", "meta.ai", "you.com")  # fmt: skip
PAID = (
    "cpc",
    "ppc",
    "cpa",
    "cpv",
    "cpm",
    "paid",
    "paid-search",
    "paid_search",
    "paidsearch",
    "retargeting",
    "ads",
    "sem",
)
PAID_SOCIAL = ("paid-social", "paid_social", "paidsocial", "social-paid", "social_paid", "cpc-social", "paid social")
DISPLAY = ("display", "banner", "interstitial", "expandable", "programmatic")
MAIL = ("email", "e-mail", "e_mail", "e mail", "newsletter", "mail")
PARTNER = ("partner", "affiliate", "affiliates", "referral")
SOCIAL = (
    "social",
    "social-network",
    "social_network",
    "social-media",
    "social_media",
    "sm",
    "social network",
    "organic-social",
)
NONE = ("", "(none)", "none", "(not set)", "direct")


def _is(field: str, values: tuple[str, ...]) -> Condition:
    return Condition(field, Test.IS, values)


UNTAGGED = _is("medium", NONE)
BUNDLED = (
    ChannelRule("Paid social", (_is("medium", PAID_SOCIAL),)),
    ChannelRule("Paid social", (_is("medium", PAID), _is("source", SOCIAL_SOURCES))),
    ChannelRule("Paid social", (_is("medium", PAID), Condition("source", Test.DOMAIN, SOCIAL_DOMAINS))),
    ChannelRule("Paid search", (_is("medium", PAID), _is("source", SEARCH_SOURCES))),
    ChannelRule("Paid search", (_is("medium", PAID), Condition("referrer", Test.BEGINS, SEARCH_BEGINS))),
    ChannelRule("Paid search", (_is("medium", PAID), Condition("referrer", Test.DOMAIN, SEARCH_DOMAINS))),
    ChannelRule("Display", (_is("medium", DISPLAY),)),
    ChannelRule("Paid other", (_is("medium", PAID),)),
    ChannelRule("E-mail", (_is("medium", MAIL),)),
    ChannelRule("E-mail", (_is("source", MAIL),)),
    ChannelRule("Partner", (_is("medium", PARTNER),)),
    ChannelRule("AI assistants", (Condition("referrer", Test.DOMAIN, ASSISTANTS),)),
    ChannelRule("AI assistants", (Condition("source", Test.DOMAIN, ASSISTANTS),)),
    ChannelRule("Organic social", (_is("medium", SOCIAL),)),
    ChannelRule("Organic search", (_is("medium", ("organic",)),)),
    ChannelRule("Organic search", (UNTAGGED, Condition("referrer", Test.BEGINS, SEARCH_BEGINS))),
    ChannelRule("Organic search", (UNTAGGED, Condition("referrer", Test.DOMAIN, SEARCH_DOMAINS))),
    ChannelRule("Organic social", (UNTAGGED, Condition("referrer", Test.DOMAIN, SOCIAL_DOMAINS))),
    ChannelRule("Organic social", (UNTAGGED, _is("source", SOCIAL_SOURCES))),
    ChannelRule("Referral", (UNTAGGED, Condition("referrer", Test.EMPTY, negated=True))),
    ChannelRule(DIRECT, (UNTAGGED, _is("source", ("", "(direct)", "direct")))),
)
