"""Lists of theses to take away: `/api/v1/theses/export/`."""

from collections.abc import Callable, Iterable
from tempfile import TemporaryFile
from typing import Any, BinaryIO, NamedTuple

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from digi.accounts.api.endpoints import PageQuery
from digi.api import AddressThrottle, ExportThrottle, PersonThrottle
from digi.files import downloads
from thesis import days
from thesis.api.documents import LargeEndpoint
from thesis.api.theses import ThesisQuery
from thesis.models import Thesis
from thesis.serializers.exports import ExportedThesesSerializer
from thesis.services import bibtex, catalogue, listing, sheets
from thesis.services.catalogue import Line


class Form(NamedTuple):
    """What a list can be made into: how it is written, what it is, how its name ends."""

    write: Callable[[Iterable[Line], BinaryIO], None]
    media_type: str
    ending: str


FORMS = {
    "csv": Form(sheets.write_csv, "text/csv; charset=utf-8", "csv"),
    "xlsx": Form(sheets.write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "json": Form(sheets.write_json, "application/json", "json"),
    "bibtex": Form(bibtex.write, "application/x-bibtex; charset=utf-8", "bib"),
}
SHAPES = {(200, form.media_type.partition(";")[0]): OpenApiTypes.BINARY for form in FORMS.values()} | {
    (200, "application/json"): ExportedThesesSerializer
}
EXAMPLE = OpenApiExample(
    "A line of CSV, with its head",
    "id,title,students,supervisors,…\r\n0b5c2f5e-…,Bounded lag,Alice Meyer,Bob Özil; Heidi Lang,…",
    media_type="text/csv",
    response_only=True,
)


class ExportQuery(ThesisQuery):
    """The filters of the list, and what is to be made of what they find; whole, without pages."""

    format = serializers.ChoiceField(choices=sorted(FORMS))

    def get_fields(self) -> dict[str, Any]:
        paging = PageQuery().get_fields()
        return {name: field for name, field in super().get_fields().items() if name not in paging}


class ThesesExport(LargeEndpoint):
    throttle_classes = (PersonThrottle, AddressThrottle, ExportThrottle)

    @extend_schema(
        operation_id="theses_export",
        parameters=[ExportQuery],
        responses=SHAPES,
        examples=[EXAMPLE],
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The theses that `theses/` lists for you by the same filters, all of them, as CSV, XLSX, JSON or BibTeX.

        Marks and reports are never in it. What you take away is noted in the audit.
        """
        query = self.asked(ExportQuery)
        form = FORMS[query["format"]]
        given = [name for name in request.query_params if name in query and name != "format"]
        catalogue.note(by=self.person, form=query["format"], filters=given)
        made = self._made(form, listing.worked_on(self.person, query))
        name = f"theses-{days.today():%Y-%m-%d}.{form.ending}"
        return downloads.hand_over(request._request, name=name, media_type=form.media_type, made=made)

    @staticmethod
    def _made(form: Form, theses: QuerySet[Thesis]) -> BinaryIO:
        """A nameless file that is closed, and gone, with the answer."""
        made = TemporaryFile()  # noqa: SIM115
        try:
            form.write(catalogue.lines(theses), made)
        except BaseException:
            made.close()
            raise
        return made
