"""Theses in the admin: programmes are changed, the rest is looked at, and no word that people wrote is shown."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from digi.audit.models import AuditEvent
from tests.admin import typed_into
from tests.thesis.making import put
from thesis.models import Application, Programme, Thesis, Topic, Transition
from thesis.services import discussion, marks, programmes
from thesis.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(root, client_for):
    return client_for(root)


def url(model, view: str, *arguments) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=arguments)


FORM = {
    "name": "Mathematics",
    "proposal_required": "on",
    "late": "mark",
    "offer_days": 3,
    "expiry_weeks": 4,
    "retention_years": 5,
}


def test_programme_is_made_and_changed_by_services(office, department, root):
    office.post(url(Programme, "add"), FORM | {"department": department.pk})
    programme = Programme.objects.get()
    office.post(url(Programme, "change", programme.pk), FORM | {"name": "Maths", "offer_days": 9})

    programme.refresh_from_db()
    assert (programme.name, programme.offer_days, programme.defence_required, programme.version) == (
        "Maths",
        9,
        False,
        2,
    )
    actions = AuditEvent.objects.filter(action__startswith="programme").order_by("n")
    assert list(actions.values_list("action", "actor")) == [
        ("programme.created", root.pk),
        ("programme.changed", root.pk),
    ]


def test_old_page_gives_nothing_back(office, programme, root):
    """Opened before somebody else changed the days, and sent afterwards for the years."""
    fields = typed_into(office.get(url(Programme, "change", programme.pk)))
    programmes.change(programme=programme, by=root, offer_days=21)

    answer = office.post(url(Programme, "change", programme.pk), fields | {"retention_years": 30})

    assert answer.status_code == 302
    programme.refresh_from_db()
    assert (programme.offer_days, programme.retention_years) == (21, 30)


def test_refusal_of_a_service_is_said(office, programme, department, person, client_for):
    staff = person("staff", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="thesis"))

    answer = client_for(staff).post(url(Programme, "change", programme.pk), FORM, follow=True)

    assert "Only a coordinator may do this." in answer.content.decode()
    assert Programme.objects.get().name == "Informatics"
    again = office.post(url(Programme, "add"), FORM | {"department": department.pk, "name": "Informatics"}, follow=True)
    assert again.status_code == 200
    assert Programme.objects.count() == 1


def test_no_word_that_people_wrote_is_shown(office, institute, alice, bob, carol):
    application = institute.application()
    put(application, motivation="geheim-motiv", cv="geheim-lebenslauf")
    thesis = institute.thesis(state=State.UNDER_REVIEW, abstract="geheim-abstrakt")
    discussion.open_thread(thesis=thesis, by=bob, body="geheim-wort")
    marks.report(thesis=thesis, by=carol, text="geheim-gutachten")

    for model, row in ((Thesis, thesis), (Application, application), (Topic, application.topic)):
        for page in (url(model, "changelist"), url(model, "change", row.pk)):
            answer = office.get(page)
            assert answer.status_code == 200
            assert "geheim" not in answer.content.decode()


def test_looks_are_audited_and_show_whether_the_history_holds(office, root, thesis):
    page = office.get(url(Thesis, "change", thesis.pk)).content.decode()
    Transition.objects.update(reason="!")
    broken = office.get(url(Thesis, "change", thesis.pk)).content.decode()

    assert "complete to 1" in page
    assert "broken at 1" in broken
    looks = AuditEvent.objects.filter(action="thesis.viewed")
    assert [(look.actor, look.target) for look in looks] == [(root, f"thesis:{thesis.uuid}")] * 2


@pytest.mark.parametrize("model", [Thesis, Application, Topic])
def test_rows_are_for_looking(office, institute, thesis, model):
    institute.application()
    row = model.objects.first()
    before = model.objects.values().first()

    assert office.get(url(model, "add")).status_code == 403
    assert office.post(url(model, "change", row.pk), {"title": "Mine"}).status_code == 403
    assert office.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model.objects.values().first() == before


def test_others_see_nothing(client, client_for, thesis, alice, person):
    staff = person("staff", is_staff=True)

    for visitor, statuses in ((client, {302}), (client_for(alice), {302, 403}), (client_for(staff), {403})):
        for page in (url(Thesis, "changelist"), url(Thesis, "change", thesis.pk), url(Programme, "changelist")):
            answer = visitor.get(page)
            assert answer.status_code in statuses
            assert "Bounded lag" not in answer.content.decode()


@pytest.mark.parametrize("model", [Thesis, Application, Topic, Programme])
def test_lists_take_the_same_queries_for_one_row_and_three(office, institute, model):
    counted = []
    for rows in (1, 2):
        for n in range(rows):
            institute.application(institute.topic(title=f"T{rows}{n}"))
            institute.thesis()
        office.get(url(model, "changelist"))
        with CaptureQueriesContext(connection) as captured:
            office.get(url(model, "changelist"))
        counted.append(len(captured))

    assert counted[0] == counted[1]
