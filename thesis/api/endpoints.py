"""What every endpoint of theses shares: scopes, and the thesis of the path."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from digi.accounts.api.endpoints import PersonEndpoint, Row, scopes
from thesis.models import Thesis
from thesis.services import access


class ThesisEndpoint(PersonEndpoint):
    required_scopes = scopes("theses")

    def thesis(self, thesis_id: UUID) -> Thesis:
        """The thesis, if its workspace is open to the person: missing and forbidden are alike."""
        return access.find(thesis_id, self.person)


def one(rows: QuerySet[Row], uuid: UUID) -> Row:
    """The row of this public id among those that the person may see."""
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found
