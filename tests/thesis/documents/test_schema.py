"""Whatever is asked of documents, versions and receipts that are there: as the schema says, no fault of ours."""

import pytest

from digi.accounts.scopes import Scope
from digi.accounts.services import tokens
from digi.environment import Rate
from tests.thesis.documents.conftest import BETTER, sent
from tests.thesis.making import dated
from tests.thesis.schema import ask_everything
from thesis.models import DocumentVersion, Receipt
from thesis.services import readings, theses


@pytest.fixture
def ids(transactional_db, writing, added, alice) -> dict[str, str]:
    """A thesis that was handed in, with two versions that were read, a receipt, and an upload that waits."""
    added("draft")
    added("draft", BETTER)
    added("final")
    for version in DocumentVersion.objects.all():
        readings.read.work(version_id=version.pk)
    theses.transition(thesis=dated(writing), to="submitted", by=alice, declaration=True)
    return {
        "thesis_id": str(writing.uuid),
        "version_id": str(DocumentVersion.objects.get(document__kind="draft", n=2).uuid),
        "receipt_id": str(Receipt.objects.get().uuid),
        "upload_id": str(sent(alice)),
    }


@pytest.mark.parametrize("who", ["bob", "alice", "erin"])
def test_documents_answer_whatever_is_asked_as_their_schema_says(settings, request, ids, who):
    settings.DIGI_LIMITS = dict.fromkeys(settings.DIGI_LIMITS, Rate(1_000_000, 1))
    _, token = tokens.create(user=request.getfixturevalue(who), name="everything", scopes=Scope.values)
    first = str(DocumentVersion.objects.get(document__kind="draft", n=1).uuid)

    operations, asked = ask_everything(is_ours, ids=ids, token=token, query={"against": first})

    assert operations == 7
    assert 404 in asked
    assert (200 in asked) == (who != "erin")
    assert max(asked) < 500


def is_ours(path: str) -> bool:
    """All but what streams: nobody here would close it; test_api reads that."""
    first, *rest = path.removeprefix("/api/v1/").split("/")
    ours = first == "versions" or {"documents", "receipts"}.intersection(rest)
    return bool(ours) and not path.endswith(("/file/", "/threads/"))
