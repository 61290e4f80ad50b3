"""What every endpoint about oneself shares."""

from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.views import APIView

from digi.accounts.models import User


class PersonEndpoint(APIView):
    @property
    def person(self) -> User:
        if not isinstance(self.request.user, User):
            raise Http404
        return self.request.user


class AnyTypeEndpoint(APIView):
    """Answers by bytes, whatever media types the client would like: they are what they are."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)
