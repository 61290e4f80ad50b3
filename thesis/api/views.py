"""Lists under a name: `/api/v1/saved-views/`."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from digi.accounts.api.endpoints import IF_MATCH, PageQuery, listed, page, versioned
from thesis.api.endpoints import ThesisEndpoint, one
from thesis.serializers import views as shapes
from thesis.services import saved_views


class SavedViews(ThesisEndpoint):
    @extend_schema(operation_id="saved_views_list", parameters=[PageQuery], responses=shapes.SavedViewsSerializer)
    def get(self, request: Request) -> Response:
        """Your views of lists of theses; nobody else's."""
        found, cursor = page(saved_views.of(self.person), self.asked(PageQuery))
        return Response({"next": cursor, "results": listed(shapes.SavedViewSerializer, found)})

    @extend_schema(request=shapes.SaveViewSerializer, responses={201: shapes.SavedViewSerializer})
    def post(self, request: Request) -> Response:
        """Keep a list's filters, order and columns under a name."""
        view = saved_views.save(by=self.person, **self.sent(shapes.SaveViewSerializer))
        return versioned(shapes.SavedViewSerializer(view).data, view, status.HTTP_201_CREATED)


class OneSavedView(ThesisEndpoint):
    @extend_schema(responses=shapes.SavedViewSerializer)
    def get(self, request: Request, view_id: UUID) -> Response:
        """One of your views."""
        view = one(saved_views.of(self.person), view_id)
        return versioned(shapes.SavedViewSerializer(view).data, view)

    @extend_schema(parameters=[IF_MATCH], request=shapes.SaveViewSerializer, responses=shapes.SavedViewSerializer)
    def patch(self, request: Request, view_id: UUID) -> Response:
        """Change what you give."""
        view = one(saved_views.of(self.person), view_id)
        values = self.sent(shapes.SaveViewSerializer, partial=True)
        view = saved_views.change(view=view, by=self.person, version=self.version, **values)
        return versioned(shapes.SavedViewSerializer(view).data, view)

    @extend_schema(parameters=[IF_MATCH], responses={204: None})
    def delete(self, request: Request, view_id: UUID) -> Response:
        """Forget a view; the theses in it stay."""
        saved_views.delete(view=one(saved_views.of(self.person), view_id), by=self.person, version=self.version)
        return Response(status=status.HTTP_204_NO_CONTENT)
