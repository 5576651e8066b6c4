"""What people do on a visit. Each activity writes page views and facts into a sitting."""

from leadline.demo.acquisition import Touch
from leadline.demo.archetypes import bounded, chance
from leadline.demo.catalogue import (
    BROWSE,
    CALCULATOR,
    COURSES,
    QUIZZES,
    READINESS,
    READINGS,
    ROLE_BUILDER,
    SMALL_TOOLS,
    Page,
)
from leadline.demo.lives import PLATFORM, WEBSITE, Fact, Sitting, track
from leadline.demo.needs import explored
from leadline.demo.story import Story


def arrive(story: Story, sitting: Sitting, touch: Touch) -> None:
    """The landing page, then a few others; those with more intent look at more."""
    sitting.view(touch.landing, 25)
    more = story.rng.random() * 2.6 + 0.35 * bounded(story.person.intent)
    for page in story.rng.sample(BROWSE, k=max(0, round(more))):
        sitting.view(page, 28)


def read(story: Story, sitting: Sitting) -> None:
    """A guide, story or webinar, to the end or not."""
    reading = story.rng.choice(READINGS)
    facts = [track(WEBSITE, "Content Started", content_id=reading.content_id, kind=reading.kind)]
    if story.rng.random() < chance(0.9 + 0.25 * story.person.intent):
        facts.append(track(WEBSITE, "Content Completed", content_id=reading.content_id, kind=reading.kind))
    sitting.view(reading.page, 150 if len(facts) > 1 else 50, *facts)


def use_tool(story: Story, sitting: Sitting) -> None:
    """One of the small tools."""
    tool, page = story.rng.choice(SMALL_TOOLS)
    sitting.view(page, 70, _tool_used(story, tool, 0.75))


def calculate(story: Story, sitting: Sitting) -> None:
    """The quote calculator, with teams near the one that is wanted."""
    facts = [_tool_used(story, "quote-calculator", 0.85)]
    if facts[0].values["completed"]:
        tried = explored(story.rng, story.need)
        facts.append(track(WEBSITE, "Quote Calculated", **tried.properties(story.issue("quo"))))
    sitting.view(CALCULATOR, 110, *facts)


def build_role(story: Story, sitting: Sitting) -> None:
    """The role builder goes on where it was left; a finished role is saved by those who are signed in."""
    role = story.rng.choice(story.need.roles)
    start = 0 if story.role_progress >= 100 else story.role_progress
    story.role_progress = min(100, start + story.rng.choice((25, 50, 50, 75, 100)))
    facts: list[Fact] = [
        track(WEBSITE, "Role Progressed", role_id=role.role_id, progress=progress)
        for progress in range(start + 25, story.role_progress + 1, 25)
    ]
    finished = story.role_progress == 100
    facts.append(track(WEBSITE, "Tool Used", tool="role-builder", completed=finished))
    if finished and story.known:
        saved = {"role_id": role.role_id, "title": role.title, "seats": story.need.seats}
        facts.append(track(PLATFORM, "Role Saved", **saved))
    sitting.view(ROLE_BUILDER, 180, *facts)


def take_quiz(story: Story, sitting: Sitting) -> None:
    """The readiness quiz, 0 to 100 points."""
    score = round(story.rng.gauss(58 + 9 * bounded(story.person.intent), 14))
    used = track(WEBSITE, "Tool Used", tool="readiness-quiz", completed=True)
    quiz = story.rng.choice(QUIZZES)
    done = track(WEBSITE, "Quiz Completed", quiz_id=quiz, score=min(max(score, 0), 100))
    sitting.view(READINESS, 120, used, done)


def study(story: Story, sitting: Sitting) -> None:
    """A course is started on one visit and, more often than not, completed on a later one."""
    if story.course:
        page = Page(f"/courses/{story.course}", "Course")
        facts = [track(PLATFORM, "Course Completed", course_id=story.course)] if story.rng.random() < 0.55 else []
        story.courses_done += len(facts)
        story.course = "" if facts else story.course
        sitting.view(page, 240, *facts)
    elif story.courses_done < len(COURSES):
        story.course = COURSES[story.courses_done]
        page = Page(f"/courses/{story.course}", "Course")
        sitting.view(page, 200, track(PLATFORM, "Course Started", course_id=story.course))


def _tool_used(story: Story, tool: str, completes: float) -> Fact:
    return track(WEBSITE, "Tool Used", tool=tool, completed=story.rng.random() < completes)
