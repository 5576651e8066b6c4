"""What the platform offers: its pages, tools, reading, courses, quizzes, roles and jobs."""

from dataclasses import dataclass

PLATFORM_DOMAIN = "anchorcrew.example"
PLATFORM_URL = f"https://www.{PLATFORM_DOMAIN}"


@dataclass(frozen=True, slots=True)
class Page:
    """One address on the platform's site."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A guide, a case study or a webinar, on its page."""

    content_id: str
    kind: str
    page: Page


@dataclass(frozen=True, slots=True)
class Role:
    """A job the platform staffs; `monthly` is the price of one seat a month in US dollars."""

    role_id: str
    title: str
    monthly: int


HOME = Page("/", "Offshore teams that stay")
PRICING = Page("/pricing", "Pricing")
CALCULATOR = Page("/tools/quote-calculator", "Quote calculator")
ROLE_BUILDER = Page("/tools/role-builder", "Role builder")
READINESS = Page("/tools/readiness-quiz", "Are you ready to offshore?")
SIGN_UP = Page("/sign-up", "Create your account")
PROFILE = Page("/account/profile", "Your profile")
QUOTES = Page("/account/quotes", "Your quotes")
BOOK_CALL = Page("/book-a-call", "Book a strategy call")
UPGRADE = Page("/account/premium", "Premium")
CAREERS = Page("/careers", "Work with us")

BROWSE: tuple[Page, ...] = (
    HOME,
    PRICING,
    Page("/how-it-works", "How it works"),
    Page("/about", "About us"),
    Page("/roles", "Roles we staff"),
    Page("/compare/freelancers", "Offshore team or freelancers?"),
    Page("/faq", "Questions and answers"),
    Page("/customers", "Customer stories"),
    Page("/security", "Security"),
    Page("/locations/manila", "Our Manila office"),
)


def _reading(kind: str, slug: str, title: str) -> Reading:
    return Reading(f"{kind}-{slug}", kind, Page(f"/{kind}s/{slug}", title))


READINGS: tuple[Reading, ...] = (
    _reading("guide", "first-offshore-hire", "Your first offshore hire"),
    _reading("guide", "bookkeeping", "Offshore bookkeeping, step by step"),
    _reading("guide", "onboarding", "The first ninety days"),
    _reading("guide", "data-protection", "Client data and offshore teams"),
    _reading("guide", "time-zones", "Working across time zones"),
    _reading("guide", "true-cost", "The true cost of a hire"),
    _reading("guide", "writing-a-role", "How to write a role"),
    _reading("story", "dental-group", "A dental group answers every call"),
    _reading("story", "accounting-firm", "Tax season without overtime"),
    _reading("story", "online-shop", "Support around the clock"),
    _reading("story", "builder", "Estimating twice as fast"),
    _reading("webinar", "manage-remote", "Managing people you do not see"),
    _reading("webinar", "culture", "One team, two countries"),
    _reading("webinar", "compliance", "Contracts and compliance"),
)
# The tools beside the three with an event of their own (calculator, role builder, quiz).
SMALL_TOOLS: tuple[tuple[str, Page], ...] = (
    ("savings-calculator", Page("/tools/savings-calculator", "What would you save?")),
    ("salary-guide", Page("/tools/salary-guide", "Salary guide")),
    ("time-zone-planner", Page("/tools/time-zone-planner", "Time zone planner")),
)
COURSES: tuple[str, ...] = ("offshore-basics", "managing-remote-teams", "delegation", "quality-at-a-distance")
QUIZZES: tuple[str, ...] = ("offshore-readiness", "delegation-check")
JOBS: tuple[str, ...] = ("job-bookkeeper-manila", "job-support-cebu", "job-designer-davao", "job-recruiter-manila")
ROLES: tuple[Role, ...] = (
    Role("bookkeeper", "Bookkeeper", 1650),
    Role("virtual-assistant", "Virtual assistant", 1250),
    Role("support-agent", "Customer support agent", 1350),
    Role("dental-receptionist", "Dental receptionist", 1400),
    Role("paralegal", "Paralegal", 1800),
    Role("estimator", "Construction estimator", 2200),
    Role("marketing-assistant", "Marketing assistant", 1500),
    Role("web-developer", "Web developer", 2800),
    Role("accountant", "Accountant", 2300),
    Role("logistics-coordinator", "Logistics coordinator", 1550),
    Role("mortgage-processor", "Mortgage processor", 1900),
    Role("data-analyst", "Data analyst", 2500),
)
PREMIUM_PLANS: tuple[tuple[str, int], ...] = (("premium-monthly", 49), ("premium-yearly", 490))

# US dollars to the currencies that quotes are stated in: round figures, fixed so that the demo never changes.
EXCHANGE: dict[str, float] = {
    "USD": 1.0,
    "AUD": 1.5,
    "GBP": 0.8,
    "NZD": 1.65,
    "CAD": 1.36,
    "EUR": 0.92,
    "SGD": 1.34,
}
