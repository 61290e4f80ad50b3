"""What was changed, by whom, newest first."""

from django.db.models import QuerySet

from camera.models import Camera, Change
from camera.services.access import admit
from digi.accounts.models import User


def changes(*, camera: Camera, by: User) -> QuerySet[Change]:
    """The changes of a camera's settings, newest first; everybody who may watch may read them."""
    admit(user=by, camera=camera)
    return Change.objects.filter(camera=camera).select_related("by").order_by("-revision")
