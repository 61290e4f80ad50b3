import re

import pytest
from django.test import Client

from digi.accounts.models import Affiliation, User
from digi.accounts.services import invitations, people, roster
from digi.audit.models import AuditEvent
from digi.errors import Invalid
from tests.factories import DepartmentFactory, PersonFactory

pytestmark = pytest.mark.django_db

HEADER = "user_name,email,display_name,department,role\n"
GOOD = HEADER + (
    "Dora,Dora@example.org,Dora Dürr,dis,student\n"
    "\n"
    'emil,emil@example.org,"Emil, the second",dis,supervisor\n'
    "emil,emil@example.org,,dis,examiner\n"
    "fay,fay@example.org,,,\n"
)


@pytest.fixture(autouse=True)
def _department(db):
    DepartmentFactory(slug="dis")


def faults(text: str | bytes) -> list[tuple[int, str]]:
    content = text.encode() if isinstance(text, str) else text
    return [(fault.line, str(fault.message)) for fault in roster.preview(content=content).faults]


def test_preview_says_what_would_happen_and_does_nothing():
    plan = roster.preview(content=GOOD.encode())

    assert plan.faults == []
    assert [(row.line, row.user_name, row.email, row.role, row.is_new) for row in plan.rows] == [
        (2, "dora", "dora@example.org", "student", True),
        (4, "emil", "emil@example.org", "supervisor", True),
        (5, "emil", "emil@example.org", "examiner", False),
        (6, "fay", "fay@example.org", "", True),
    ]
    assert not User.objects.exists()
    assert not AuditEvent.objects.exists()


def test_admit_makes_the_accounts_and_gives_the_roles(admin):
    newcomers = roster.admit(content=GOOD.encode(), by=admin)

    assert [user.username for user in newcomers] == ["dora", "emil", "fay"]
    assert [user.display_name for user in newcomers] == ["Dora Dürr", "Emil, the second", ""]
    assert not any(user.has_usable_password() for user in newcomers)
    assert sorted(Affiliation.objects.values_list("user__username", "department__slug", "role")) == [
        ("dora", "dis", "student"),
        ("emil", "dis", "examiner"),
        ("emil", "dis", "supervisor"),
    ]
    assert AuditEvent.objects.first().details == {"rows": 4, "new": 3}


def test_admit_twice_changes_nothing_more(admin):
    roster.admit(content=GOOD.encode(), by=admin)

    assert roster.admit(content=GOOD.encode(), by=admin) == []
    assert Affiliation.objects.count() == 3


def test_admit_gives_a_role_to_who_is_there_already(alice):
    roster.admit(content=f"{HEADER}alice,,,dis,coordinator\n".encode())

    assert Affiliation.objects.get().user == alice
    alice.refresh_from_db()
    assert alice.display_name == "Alice Meyer"


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_preview_reads_what_spreadsheets_write(mark, end, delimiter):
    text = mark + "Email,USER_NAME,role,department,display_name\nd@example.org,dora,student,dis,Dora Dürr\n"
    content = text.replace(",", delimiter).replace("\n", end).encode()

    plan = roster.preview(content=content)

    assert [(row.user_name, row.display_name) for row in plan.rows] == [("dora", "Dora Dürr")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a b,a@example.org,,,", "user_name: A user name holds"),
        (",a@example.org,,,", "user_name: "),
        ("gina,nonsense,,,", "email: "),
        ("gina,,,,", "A new account needs an address"),
        ("gina,g@example.org,,physics,student", "no department with the short name “physics”"),
        ("gina,g@example.org,,dis,king", "The role must be one of student, supervisor"),
        ("gina,g@example.org,,dis,", "The role must be one of"),
        ("gina,g@example.org,,,student", "no department with the short name “”"),
        ("gina,alice@example.org,,,", "belongs to another account"),
        ("alice,other@example.org,,,", "account of this name with another address"),
        ("gone,,,,", "account of this name with another address, or one that is closed"),
        ("gina,g@example.org,", "5 columns are needed here"),
        ("gina,g@example.org,,,,,", "5 columns are needed here"),
        ('gina,g@example.org,"open,,', "quotation mark"),
        (f"gina,g@example.org,{'x' * 121},,", "display_name: "),
    ],
)
def test_preview_names_line_and_fault(alice, line, said):
    people.deactivate(user=PersonFactory(username="gone"))

    found = faults(f"{HEADER}fine,fine@example.org,,,\n{line}\n")

    assert [number for number, _message in found] == [3]
    assert said in found[0][1]


def test_preview_names_every_faulty_line():
    assert [number for number, _message in faults(HEADER + "a b,a@x.org,,,\nok,ok@x.org,,,\nc,d,,dis,king\n")] == [
        2,
        4,
        4,
    ]


def test_preview_sees_what_the_file_says_twice():
    rows = "gina,g@example.org,,,\ngina,h@example.org,,,\nhugo,g@example.org,,,\n"

    found = faults(HEADER + rows)

    assert [number for number, _message in found] == [3, 4]
    assert "earlier line" in found[0][1]
    assert "another account" in found[1][1]


@pytest.mark.parametrize(
    "text", ["", "\n", "name,mail\n", HEADER.replace(",role", ""), HEADER.replace("\n", ",role\n")]
)
def test_preview_wants_the_header(text):
    assert [number for number, _message in faults(text)] == [1]


def test_preview_names_the_line_that_is_not_utf8():
    content = HEADER.encode() + b"ok,ok@example.org,,,\n" + "dörte,d@example.org,,,\n".encode("latin-1")

    [(line, message)] = faults(content)

    assert line == 3
    assert "UTF-8" in message


def test_preview_stops_at_a_thousand():
    rows = "".join(f"p{number},p{number}@example.org,,,\n" for number in range(1001))

    assert faults(HEADER + rows) == [(1002, "At most 1000 people at once.")]


@pytest.mark.parametrize("content", [b"\0", b"\xff\xfe" + "a,b\n".encode("utf-16-le"), b"PK\x03\x04", b'"' * 99])
def test_preview_survives_what_is_no_csv_file(content):
    assert faults(content)


def test_admit_is_all_or_nothing():
    with pytest.raises(Invalid) as raised:
        roster.admit(content=(GOOD + "x y,x@example.org,,,\n").encode())

    assert raised.value.code == "bad_file"
    assert raised.value.extra["faults"][0][0] == 7
    assert not User.objects.exists()


def test_preview_asks_the_same_however_many_lines(django_assert_num_queries):
    rows = "".join(f"p{number},p{number}@example.org,,dis,student\n" for number in range(100))

    with django_assert_num_queries(3):
        roster.preview(content=(HEADER + rows).encode())


def test_invitation_lets_a_newcomer_choose_the_password(mailoutbox):
    [dora, *_others] = roster.admit(content=GOOD.encode())
    invitations.send(people=[dora], absolute=lambda path: f"https://digi.example{path}")

    [mail] = mailoutbox
    assert mail.to == ["dora@example.org"]
    assert "dora" in mail.body
    client = Client()
    form = client.get(re.search(r"https://digi\.example(/\S+)", mail.body)[1]).headers["Location"]
    client.post(form, {"password1": "a wholly new phrase", "password2": "a wholly new phrase"})
    response = Client().post("/accounts/login/", {"login": "dora", "password": "a wholly new phrase"})
    assert response.headers["Location"] == "/"


def test_invitation_is_written_in_the_persons_language(mailoutbox, alice):
    from django.utils import translation

    with translation.override("de"):
        invitations.send(people=[alice], absolute=str)

    assert mailoutbox[0].subject == "Your account at Digi"


def test_invitations_go_to_nobody_without_address_or_account(mailoutbox, alice):
    people.deactivate(user=alice)

    assert invitations.send(people=[alice, people.create(username="no-mail")], absolute=str) == 0
    assert mailoutbox == []


def test_dead_mail_server_is_said_and_not_raised(settings, alice, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    assert invitations.send(people=[alice], absolute=str) == 0
    assert "1 of 1 invitations were not sent" in caplog.text
