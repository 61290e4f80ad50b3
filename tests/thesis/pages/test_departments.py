"""The settings of a department: who may change them, its people and its programmes."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digi.accounts.models import Affiliation, Department, Role
from digi.accounts.services import departments
from digi.audit.models import AuditEvent
from digi.notifications.models import MailTemplate
from tests.chat.reading import words
from tests.factories import AffiliationFactory, DepartmentFactory
from thesis.models import Programme
from thesis.services import programmes

pytestmark = pytest.mark.django_db

PAGE, PEOPLE, NEW = "/departments/ds/", "/departments/ds/people/", "/departments/ds/programmes/new/"
ASKS = {"name": "Informatics", "late": "mark", "offer_days": "7", "expiry_weeks": "8", "retention_years": "10"}


@pytest.fixture
def browser(grace, client_for):
    """The coordinator's."""
    return client_for(grace)


@pytest.fixture
def former(somebody):
    """Somebody who coordinated the department until just now."""
    user = somebody("ivan", Role.COORDINATOR)
    departments.revoke(affiliation=user.affiliations.get())
    return user


@pytest.fixture
def neighbour(person):
    """The coordinator of another department."""
    user = person("judy")
    AffiliationFactory(user=user, department=DepartmentFactory(), role=Role.COORDINATOR)
    return user


def _roles(department) -> set[tuple[str, str]]:
    return set(Affiliation.objects.filter(department=department).values_list("user__username", "role"))


def _version(response) -> str:
    return re.search(r'name="version" value="(\d+)"', response.content.decode())[1]


# Who may.


@pytest.mark.parametrize("who", ["erin", "alice", "bob", "carol", "former", "neighbour"])
def test_others_find_nothing_and_change_nothing(request, client_for, programme, department, who):
    client, held = client_for(request.getfixturevalue(who)), _roles(department)
    edit = f"/departments/ds/programmes/{programme.uuid}/"

    looked = [client.get(path).status_code for path in (PAGE, PEOPLE, NEW, edit, "/mails/", "/mails/digest/en/")]
    pressed = [
        client.post(PAGE, {"name": "Mine"}).status_code,
        client.post(PEOPLE, {"username": "erin", "role": "coordinator"}).status_code,
        client.post(f"{PEOPLE}withdraw/", {"username": "grace", "role": "coordinator"}).status_code,
        client.post(NEW, ASKS | {"name": "Mine", "version": "1"}).status_code,
        client.post(edit, ASKS | {"name": "Mine", "version": "1"}).status_code,
        client.post("/mails/digest/en/", {"subject": "x", "text": "x"}).status_code,
    ]

    assert set(looked + pressed) == {404}
    assert _roles(department) == held
    assert list(Programme.objects.values_list("name", flat=True)) == ["Informatics"]
    assert (Department.objects.get(slug="ds").name, MailTemplate.objects.count()) == ("Distributed Systems", 0)


def test_strangers_are_led_to_the_door(client, department):
    answers = [client.get(path) for path in ("/departments/", PAGE, PEOPLE, NEW, "/mails/")]

    assert all(answer.url.startswith("/accounts/login/?next=") for answer in answers)


def test_coordinators_words_are_for_administrators_alone(browser, root, client_for):
    assert browser.get("/mails/").status_code == 404
    assert "Words of mails" not in words(browser.get(PAGE))
    assert client_for(root).get("/mails/").status_code == 200


def test_list_opens_the_only_department_and_names_several(browser, grace, root, client_for, erin):
    only = browser.get("/departments/")
    AffiliationFactory(user=grace, department=DepartmentFactory(name="Optics"), role=Role.COORDINATOR)
    DepartmentFactory(name="Elsewhere")
    both, everything = words(browser.get("/departments/")), words(client_for(root).get("/departments/"))

    assert only.url == PAGE
    assert ("Optics" in both, "Distributed Systems" in both, "Elsewhere" in both) == (True, True, False)
    assert "Elsewhere" in everything
    assert client_for(erin).get("/departments/").status_code == 404


# The department and its people.


def test_page_says_who_belongs_and_what_programmes_ask(browser, institute):
    institute.thesis()

    text = words(browser.get(PAGE))

    assert "Informatics without a proposal · one examiner · without a defence kept for 10 years" in text
    assert "1 thesis under way" in text
    assert "Student 1 person" in text


def test_page_asks_the_database_no_more_for_three_programmes_than_for_one(browser, programme, department, grace):
    browser.get(PAGE)
    counts = []
    for name in ("", "Two", "Three"):
        if name:
            programmes.create(department=department, name=name, by=grace)
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE)
        counts.append(len(queries))

    assert len(set(counts)) == 1


def test_department_is_renamed_and_keeps_its_address(browser, department):
    answer = browser.post(PAGE, {"name": "Distributed and Live Systems"})
    refused = browser.post(PAGE, {"name": "\u200b"})

    assert answer.url == PAGE
    assert Department.objects.get(slug="ds").name == "Distributed and Live Systems"
    assert refused.status_code == 422


def test_role_is_given_and_withdrawn_and_the_audit_knows(browser, erin, grace, department):
    given = browser.post(PEOPLE, {"username": " Erin ", "role": "examiner"})
    held = _roles(department)
    browser.post(f"{PEOPLE}withdraw/", {"username": "erin", "role": "examiner"})

    assert given.url == PEOPLE
    assert ("erin", "examiner") in held
    assert ("erin", "examiner") not in _roles(department)
    lines = AuditEvent.objects.filter(target=f"user:{erin.uuid}", actor=grace).order_by("n")
    assert [line.action for line in lines] == ["role.granted", "role.revoked"]


@pytest.mark.parametrize(
    ("sent", "field"), [({"username": "nobody", "role": "student"}, "username"), ({"username": "erin"}, "role")]
)
def test_role_for_nobody_is_refused_at_its_field(browser, erin, department, sent, field):
    held = _roles(department)

    refused = browser.post(PEOPLE, sent)

    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [field]
    assert f'value="{sent["username"]}"' in refused.content.decode()
    assert _roles(department) == held


def test_last_coordinator_stays_unless_an_administrator_says_so(browser, grace, root, client_for, department):
    wish = {"username": "grace", "role": "coordinator"}

    refused = browser.post(f"{PEOPLE}withdraw/", wish, follow=True)
    kept = ("grace", "coordinator") in _roles(department)
    client_for(root).post(f"{PEOPLE}withdraw/", wish)

    assert "This is the department’s last coordinator" in words(refused)
    assert (kept, ("grace", "coordinator") in _roles(department)) == (True, False)


def test_coordinator_who_leaves_is_led_out(browser, somebody):
    somebody("ivan", Role.COORDINATOR)

    answer = browser.post(f"{PEOPLE}withdraw/", {"username": "grace", "role": "coordinator"})

    assert answer.url == "/"
    assert browser.get(PEOPLE).status_code == 404


def test_people_are_found_by_name_and_role(browser, alice, dave, bob, neighbour):
    everybody, found = words(browser.get(PEOPLE)), words(browser.get(f"{PEOPLE}?q=ali&role=student"))

    assert all(name in everybody for name in ("Alice", "Dave", "Bob"))
    assert "Judy" not in everybody
    assert "1 person" in found
    assert ("Dave" in found, "Bob" in found) == (False, False)
    assert "Nobody of this name and role" in words(browser.get(f"{PEOPLE}?q=zz"))


def test_people_ask_the_database_no_more_for_three_than_for_one(browser, somebody):
    browser.get(PEOPLE)
    counts = []
    for name in ("kim", "lee", "max"):
        somebody(name, Role.STUDENT, Role.EXAMINER)
        with CaptureQueriesContext(connection) as queries:
            browser.get(PEOPLE)
        counts.append(len(queries))

    assert len(set(counts)) == 1


# Programmes.


def test_programme_is_made_with_what_it_asks(browser, department):
    answer = browser.post(NEW, ASKS | {"defence_required": "on", "retention_years": "5", "version": "1"})

    made = Programme.objects.get()
    assert answer.url == PAGE
    assert (made.department, made.defence_required, made.proposal_required) == (department, True, False)
    assert (made.late, made.retention_years) == ("mark", 5)


def test_programme_says_whom_a_change_concerns_and_is_changed(browser, institute, programme):
    institute.thesis()
    at = f"/departments/ds/programmes/{programme.uuid}/"
    page = browser.get(at)

    answer = browser.post(at, ASKS | {"proposal_required": "on", "version": _version(page)})

    assert "1 thesis under way follows this programme; 0 applications are open" in words(page)
    assert answer.url == PAGE
    programme.refresh_from_db()
    assert (programme.proposal_required, programme.late) == (True, "mark")


def test_programme_keeps_both_versions_when_somebody_was_faster(browser, programme, root):
    at = f"/departments/ds/programmes/{programme.uuid}/"
    seen = _version(browser.get(at))
    programmes.change(programme=programme, by=root, name="Theirs", defence_required=True)

    refused = browser.post(at, ASKS | {"name": "Mine", "version": seen})
    again = browser.post(at, ASKS | {"name": "Mine", "version": _version(refused)})

    assert refused.status_code == 422
    text = words(refused)
    assert "Name: now “Theirs”, yours “Mine”" in text
    assert "A defence is asked for: now “yes”, yours “no”" in text
    assert again.url == PAGE
    programme.refresh_from_db()
    assert (programme.name, programme.defence_required) == ("Mine", False)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "Informatics"), ("name", ""), ("offer_days", "0"), ("retention_years", "x"), ("late", "never")],
)
def test_programme_that_cannot_be_is_refused_at_its_field(browser, programme, field, value):
    refused = browser.post(NEW, ASKS | {"name": "Another", "version": "1"} | {field: value})

    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [field]
    assert Programme.objects.count() == 1


def test_programme_of_another_department_is_not_found_here(browser, grace):
    other = DepartmentFactory()
    AffiliationFactory(user=grace, department=other, role=Role.COORDINATOR)
    theirs = programmes.create(department=other, name="Theirs", by=grace)

    assert browser.get(f"/departments/ds/programmes/{theirs.uuid}/").status_code == 404
