"""A board as a mail: its figures and charts as HTML, the PDF attached, and what the PDF cuts as CSV."""

import io
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.text import slugify

from leadline.accounts.models import User
from leadline.analytics.models import ReportRun, ScheduledReport
from leadline.analytics.written import change_words, tone, write
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.pipeline.exports.formats import write as write_table
from leadline.pipeline.exports.report_tables import reader_of
from leadline.pipeline.letters.boards import BoardAnswer, Pinned, answer_board
from leadline.pipeline.letters.pdf import board_pdf, drawn, is_cut
from leadline.pipeline.mail import Attachment, Letter

MOST_BYTES = 8 << 20
"""Of all attached tables: many servers take mails of 10 MB at most. What is left out is named with its link."""
ADDRESS = "/boards/{number}"


def board_letter(engine: Engine, run: ReportRun, now: datetime | None = None) -> Letter:
    """The mail of a run. Tables that name people are in it when all recipients are users."""
    schedule = run.schedule
    at = now or utc_now()
    answer = answer_board(engine, schedule.board, at, schedule.zone, personal=all_are_users(schedule))
    link = f"{settings.PUBLIC_URL}{ADDRESS.format(number=schedule.board.pk)}"
    tables, too_large = _tables(answer)
    context = {"answer": answer, "link": link, "name": schedule.name, "too_large": too_large}
    pictures, context["reports"] = _pictures(answer)
    files = (Attachment(f"{slugify(schedule.name) or 'report'}.pdf", board_pdf(answer), "application/pdf"), *tables)
    return Letter(
        tuple(schedule.recipients),
        f"{schedule.name}: {answer.title}" if schedule.name != answer.title else schedule.name,
        render_to_string("letters/board.txt", context),
        render_to_string("letters/board.html", context),
        f"report-{run.pk}-{run.due_at:%Y%m%d%H%M}",
        tuple(pictures),
        files,
    )


def all_are_users(schedule: ScheduledReport) -> bool:
    """Whether everybody who gets it may sign in, and see who everybody is."""
    wanted = {address.lower() for address in schedule.recipients}
    users = [user for user in User.objects.filter(email__in=wanted, is_active=True) if user.sees_everybody]
    return bool(wanted) and len(users) == len(wanted)


def _pictures(answer: BoardAnswer) -> tuple[list[Attachment], list[dict[str, object]]]:
    pictures: list[Attachment] = []
    told = []
    for place, pin in enumerate(answer.pins):
        drawings = list(_drawings(pin, answer, place))
        pictures += drawings
        told.append({"pin": pin, "figures": list(_figures(pin)), "charts": [each.name for each in drawings]})
    return pictures, told


def _drawings(pin: Pinned, answer: BoardAnswer, place: int) -> Iterator[Attachment]:
    for number, wish in enumerate(pin.report.charts if pin.report else ()):
        if pin.report:
            content = drawn(pin.report, wish, answer.annotations, "png")
            yield Attachment(f"chart-{place}-{number}", content, "image/png")


def _figures(pin: Pinned) -> Iterator[dict[str, str]]:
    for each in pin.report.figures if pin.report else ():
        value = write(each.value, each.kind, pin.report.currency if pin.report else "")
        yield {"label": each.label, "value": value, "change": change_words(each), "tone": tone(each)}


def _tables(answer: BoardAnswer) -> tuple[list[Attachment], list[str]]:
    """The tables that the PDF cuts, as CSV; and the names of those too large for a mail."""
    found: list[Attachment] = []
    too_large = []
    for place, pin in enumerate(answer.pins, start=1):
        for table in pin.report.tables if pin.report else ():
            if is_cut(table):
                file = io.BytesIO()
                write_table(reader_of(table), "csv", file)
                if sum(len(each.content) for each in found) + file.tell() > MOST_BYTES:
                    too_large.append(table.title)
                else:
                    found.append(Attachment(f"{place}-{table.name}.csv", file.getvalue(), "text/csv"))
    return found, too_large
