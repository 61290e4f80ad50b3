"""Tasks and milestones of a thesis."""

from collections.abc import Iterator

from django.urls import URLPattern, path

from thesis.views.work import page, rows

TASKS = "theses/<uuid:thesis_id>/tasks/"
MILESTONES = "theses/<uuid:thesis_id>/milestones/"


def _rows(place: str, sort: rows.Sort) -> Iterator[URLPattern]:
    given = {"sort": sort}
    yield path(place + "new/", rows.add, given, name=f"{sort.name}_new")
    yield path(place + "<uuid:row_id>/", rows.change, given, name=sort.name)
    yield path(place + "<uuid:row_id>/tick/", rows.tick, given, name=f"{sort.name}_tick")
    yield path(place + "<uuid:row_id>/remove/", rows.remove, given, name=f"{sort.name}_remove")


urlpatterns = [path(TASKS, page.work, name="work"), *_rows(TASKS, rows.TASK), *_rows(MILESTONES, rows.MILESTONE)]
