"""What a large batch costs: a workbook of 1,680 rows (140 venues × 12 items) written, read, checked, taken; then
another programme's as many rows all or nothing.

`python -m benchmarks.batches` loads the county into a database of its own below var/bench/, which is thrown away.
"""

import io
import time
from collections.abc import Callable
from datetime import date
from typing import Any

Figures = dict[str, tuple[int, float, float, int]]
DAY = date(2019, 6, 4)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
ANSWERS = {"whole": 12, "decimal": 24.5, "yes_no": "是", "short": "示例", "long": "示例"}


def main() -> None:
    from .county import FOLDER, NANHUA, environment_of, measured, seconds

    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "batches.sqlite3").unlink(missing_ok=True)
    environment = environment_of("batches")
    for command in (["migrate"], ["load_county", str(NANHUA)], ["load_sample"]):
        seconds([*command, "-v0"], environment)
    print_figures(measured("batches", environment))


def measure() -> Figures:
    """Step → (rows, seconds, seconds of the processor: those that other work on the machine does not lengthen,
    queries)."""
    from django.db import connection

    from workflows.milestones.models import Programme, SurveyQuestion
    from workflows.milestones.selectors.batches import open_milestones, own_milestones
    from workflows.milestones.services.batch_run import batch_run_chunk
    from workflows.milestones.services.batches import batch_prepare, batch_queue
    from workflows.milestones.sheet_rows import entries_read
    from workflows.milestones.sheets import Line, workbook_write

    figures: Figures = {}
    programme = Programme.objects.filter(is_sample=False).latest("pk")
    by = _official_of_everything()

    def timed(name: str, step: Callable[[], Any], rows: int = 0) -> Any:
        count = 0

        def counting(execute: Callable[..., Any], *args: Any) -> Any:
            nonlocal count
            count += 1
            return execute(*args)

        with connection.execute_wrapper(counting):
            since, worked = time.perf_counter(), time.process_time()
            result = step()
            spent, worked = time.perf_counter() - since, time.process_time() - worked
        figures[name] = (rows or len(result), spent, worked, count)
        return result

    lines = [Line(row) for row in open_milestones(by, programme).filter(item__level="venue")]
    book = timed("write the workbook", lambda: workbook_write(lines), len(lines))
    data = _filled_in(book)
    rows = list(own_milestones(by, programme))
    questions = list(SurveyQuestion.objects.all())
    reading = timed("read", lambda: entries_read(data, milestones=rows, questions=questions).entries)
    common = _files()
    batch = timed(
        "check and keep",
        lambda: batch_prepare(programme=programme, by=by, entries=reading, source="sheet", common=common),
        len(reading),
    )
    batch = batch_queue(batch=batch, by=by)

    def take() -> None:
        while batch_run_chunk(batch=batch.pk):
            pass

    timed("take", take, batch.total)
    batch.refresh_from_db()
    figures["refused"] = (len(reading) - batch.finished, 0.0, 0.0, 0)
    whole = _of_another(programme, by)
    timed("take, all or nothing", lambda: batch_run_chunk(batch=whole.pk), whole.total)
    whole.refresh_from_db()
    assert whole.finished == whole.total, whole.rows.exclude(message="").values_list("message", flat=True)[:3]
    return figures


def _of_another(programme: Any, by: Any) -> Any:
    """The same batch for a copy of the programme, waiting for the worker: all or nothing."""
    from workflows.milestones.models import SurveyQuestion
    from workflows.milestones.selectors.batches import open_milestones, own_milestones
    from workflows.milestones.services.batches import batch_prepare, batch_queue
    from workflows.milestones.services.plan import programme_copy
    from workflows.milestones.services.programmes import programme_start
    from workflows.milestones.sheet_rows import entries_read
    from workflows.milestones.sheets import Line, workbook_write

    copy = programme_copy(programme=programme, by=by, slug="bench", name="bench")
    programme_start(programme=copy, by=by)
    copy.refresh_from_db()
    _make_theirs(copy.milestones.all())
    data = _filled_in(workbook_write([Line(row) for row in open_milestones(by, copy).filter(item__level="venue")]))
    rows, questions = list(own_milestones(by, copy)), SurveyQuestion.objects.all()
    entries = entries_read(data, milestones=rows, questions=questions).entries
    batch = batch_prepare(programme=copy, by=by, entries=entries, source="sheet", common=_files())
    return batch_queue(batch=batch, by=by, all_or_nothing=True)


def _official_of_everything() -> Any:
    """Somebody who carries every milestone out: an official of both heads and of a township to which all belong."""
    from accounts.models import User
    from network.models import Appointment, Post, Venue
    from workflows.milestones.models import Milestone

    office = _make_theirs(Milestone.objects.all())
    Milestone.objects.update(state="not_started", done_on=None, confirmed_on=None)
    by = User.objects.create(email="bench@example.org", name="bench")
    places: list[dict[str, Any]] = [
        {"office": office},
        *({"venue": venue} for venue in Venue.objects.filter(tier="head")),
    ]
    for place in places:
        title = Post.Title.OFFICIAL if "office" in place else Post.Title.HEAD_STAFF
        post = Post.objects.create(title=title, full_time=False, **place)
        Appointment.objects.create(post=post, person=by, full_time=False, since=date(2018, 1, 1))
    return by


def _make_theirs(milestones: Any) -> Any:
    """Give all that is no head's to one township. Returns its government."""
    from network.models import Office

    office = Office.objects.filter(kind=Office.Kind.TOWNSHIP).order_by("pk")[0]
    milestones.exclude(venue=None).exclude(venue__tier="head").update(township=office.division, office=office)
    return office


def _filled_in(book: bytes) -> bytes:
    """The workbook as a township brings it back, every row filled in."""
    import openpyxl

    from workflows.milestones.models import SurveyQuestion

    asked = {question.label_with_unit: question for question in SurveyQuestion.objects.all()}
    filled = openpyxl.load_workbook(io.BytesIO(book))
    for sheet in filled.worksheets:
        heads = {cell.value: place for place, cell in enumerate(sheet[4], start=1)}
        for row in range(5, sheet.max_row + 1):
            sheet.cell(row, heads["完成日期"]).value = DAY
            for label, question in asked.items():
                if label in heads and not (cell := sheet.cell(row, heads[label])).protection.locked:
                    cell.value = _answer(question)
    out = io.BytesIO()
    filled.save(out)
    return out.getvalue()


def _answer(question: Any) -> Any:
    if question.kind == "choice":
        return question.choice_words[0][0]
    number = ANSWERS[question.kind]
    if question.kind in ("whole", "decimal") and question.minimum is not None:
        return float(question.minimum) + 1
    return number


def _files() -> list[Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    from common.privatefiles import check_upload

    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "JPEG")
    uploads = [("photo.jpg", picture.getvalue()), ("list.pdf", PDF)]
    return [(check_upload(SimpleUploadedFile(name, data)), name) for name, data in uploads]


def print_figures(figures: Figures) -> None:
    print("\n| a workbook of a programme | rows | seconds | of the processor | rows a second | queries a row |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for step, (rows, spent, worked, queries) in figures.items():
        rate = f"{rows / spent:,.0f}" if spent else "–"
        each = f"{queries / rows:.1f}" if queries else "–"
        print(f"| {step} | {rows:,} | {spent:.1f} | {worked:.1f} | {rate} | {each} |")


if __name__ == "__main__":
    main()
