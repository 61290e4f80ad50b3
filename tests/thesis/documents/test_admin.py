"""Documents in the admin: to look at, unchangeable, and nothing of what stands in them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from digi.audit.models import AuditEvent
from tests.thesis.making import dated, upload
from thesis.models import Document, DocumentVersion, Reading, Receipt
from thesis.services import theses

pytestmark = pytest.mark.django_db

MODELS = [Document, DocumentVersion, Receipt]


def url(model, view: str, *arguments) -> str:
    return reverse(f"admin:thesis_{model._meta.model_name}_{view}", args=arguments)


@pytest.fixture
def office(root, client_for):
    return client_for(root)


@pytest.fixture
def receipt(writing, added, alice) -> Receipt:
    added("final")
    theses.transition(thesis=dated(writing), to="submitted", by=alice, declaration=True)
    Reading.objects.update(text="geheim-text", state="done")
    return Receipt.objects.get()


@pytest.mark.parametrize("model", MODELS)
def test_rows_are_for_looking_and_looks_are_audited(office, receipt, model):
    row, before = model.objects.get(), model.objects.values().get()

    for page in (url(model, "changelist"), url(model, "change", row.pk)):
        answer = office.get(page)
        assert answer.status_code == 200
        assert "geheim" not in answer.content.decode()
    assert office.get(url(model, "add")).status_code == 403
    assert office.post(url(model, "change", row.pk), {"name": "mine.pdf"}).status_code == 403
    assert office.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403

    assert model.objects.values().get() == before
    looks = AuditEvent.objects.filter(action__endswith=".viewed").values_list("target", flat=True)
    assert set(looks) == {f"{model._meta.model_name}:{row.uuid}"}


def test_receipt_says_whether_it_is_genuine(office, receipt):
    page = office.get(url(Receipt, "change", receipt.pk)).content.decode()
    Receipt.objects.update(content=receipt.content.replace("thesis.pdf", "theses.pdf"))
    changed = office.get(url(Receipt, "change", receipt.pk)).content.decode()

    assert "genuine" in page
    assert "The signature does not fit: the receipt was changed." in changed
    assert "genuine" not in changed


@pytest.mark.parametrize("model", MODELS)
def test_others_see_nothing(client, client_for, receipt, model, alice, person):
    staff = person("staff", is_staff=True)

    for visitor, statuses in ((client, {302}), (client_for(alice), {302, 403}), (client_for(staff), {403})):
        for page in (url(model, "changelist"), url(model, "change", model.objects.get().pk)):
            answer = visitor.get(page)
            assert answer.status_code in statuses
            assert "thesis.pdf" not in answer.content.decode()


@pytest.mark.parametrize("model", [Document, DocumentVersion])
def test_lists_take_the_same_queries_for_one_row_and_three(office, writing, model):
    counted = []
    for kinds in (["draft"], ["slides", "proposal"]):
        for kind in kinds:
            upload(writing, kind)
        office.get(url(model, "changelist"))
        with CaptureQueriesContext(connection) as captured:
            office.get(url(model, "changelist"))
        counted.append(len(captured))

    assert counted[0] == counted[1]
