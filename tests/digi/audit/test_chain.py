import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from digi.audit import services
from digi.audit.models import AuditEvent, AuditHead
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain():
    alice = PersonFactory(username="alice")
    for step in range(5):
        services.record(action=f"step.{step}", actor=alice, target="user:1", details={"n": step, "words": ["ü"]})
    return list(AuditEvent.objects.order_by("n"))


def test_record_numbers_without_holes_and_links_each_line(chain):
    head = AuditHead.objects.get()

    assert [event.n for event in chain] == [1, 2, 3, 4, 5]
    assert len({event.hash for event in chain}) == 5
    assert (head.n, head.hash) == (5, chain[-1].hash)
    assert services.verify() is None


def test_record_takes_its_number_back_with_the_transaction(chain):
    with transaction.atomic():
        services.record(action="lost")
        transaction.set_rollback(True)

    assert services.record(action="kept").n == 6
    assert services.verify() is None


def test_record_cuts_what_is_too_long():
    event = services.record(action="a" * 100, target="t" * 300, address="9" * 99, request_id="r" * 99)

    assert (len(event.action), len(event.target), len(event.address), len(event.request_id)) == (64, 200, 64, 40)
    assert services.verify() is None


def test_record_keeps_request_and_address_of_the_request_being_answered(client, settings):
    settings.DIGI_TRUSTED_PROXIES = 1  # the id is a proxy's
    client.post("/accounts/login/", {"login": "nobody", "password": "wrong"}, headers={"X-Request-ID": "quote-this-1"})

    event = AuditEvent.objects.get()
    assert (event.action, event.request_id, event.address) == ("sign_in.failed", "quote-this-1", "127.0.0.1")


def test_verify_accepts_an_empty_chain():
    assert services.verify() is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("action", "other"), ("target", "user:2"), ("details", {"n": 9}), ("address", "192.0.2.9"), ("actor_id", None)],
)
def test_verify_names_the_changed_line(chain, field, value):
    AuditEvent.objects.filter(n=3).update(**{field: value})

    assert services.verify() == 3


def test_verify_names_a_line_that_was_forged_with_its_hash(chain):
    AuditEvent.objects.filter(n=3).update(action="other", hash="0" * 64)

    assert services.verify() == 3


def test_verify_misses_a_removed_line(chain):
    AuditEvent.objects.filter(n=2).delete()

    assert services.verify() == 2


def test_verify_misses_the_last_line(chain):
    AuditEvent.objects.filter(n=5).delete()

    assert services.verify() == 5


def test_verify_sees_a_head_that_was_set_back(chain):
    AuditHead.objects.update(n=4, hash=chain[3].hash)

    assert services.verify() == 5


def test_verify_sees_a_head_that_was_removed(chain):
    AuditHead.objects.all().delete()

    assert services.verify() == 1


def test_verify_audit_says_what_it_found(chain, capsys):
    call_command("verify_audit")
    assert "5 lines, none missing, none changed" in capsys.readouterr().out

    AuditEvent.objects.filter(n=4).update(action="other")
    with pytest.raises(CommandError, match="broken at line 4"):
        call_command("verify_audit")


@pytest.mark.django_db(transaction=True)
def test_record_from_many_threads_makes_one_chain():
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def work(number):
        services.record(action=f"thread.{number}")
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(40)))

    assert AuditEvent.objects.count() == 40
    assert services.verify() is None
