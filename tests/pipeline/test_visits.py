"""The timeline tells visits: which event ended one, how long it was, what brought the person."""

from pipeline_cast import MONDAY, Installation, hours, identify, page, track, user, visitor

from leadline.pipeline.explaining import timeline


def test_a_visit_goes_on_when_the_visitor_signs_in(place: Installation) -> None:
    at = MONDAY + hours(9)
    place.send(at + hours(0.1), page(visitor("ada"), at), page(visitor("ada"), at + hours(0.1), "/about"))
    known = user("ada-1", browser="ada")
    later = at + hours(0.2)
    place.send(later, identify(known, later, title="Owner"), track(known, "Content Started", later, content_id="c1"))
    place.tick(later + hours(1))
    entries = timeline(place.engine, place.lead("user-ada-1").pk)
    visits = [entry.visit for entry in entries if entry.visit is not None]
    assert [entry.name for entry in entries if entry.visit is not None] == ["Content Started"]
    assert [(visit.events, visit.pages, visit.engaged_ms) for visit in visits] == [(3, 2, 240_000)]


def test_an_event_that_comes_late_joins_two_visits(place: Installation) -> None:
    ada = visitor("ada")
    for minutes in (0, 50):
        at = MONDAY + hours(minutes / 60)
        place.send(MONDAY + hours(1), page(ada, at))
    place.tick(MONDAY + hours(2))
    assert [entry.visit is not None for entry in timeline(place.engine, place.lead("browser-ada").pk)] == [True, True]
    place.send(MONDAY + hours(3), page(ada, MONDAY + hours(25 / 60)))
    place.tick(MONDAY + hours(4))
    assert [entry.visit is not None for entry in timeline(place.engine, place.lead("browser-ada").pk)] == [
        True,
        False,
        False,
    ]
