"""What cameras hold about a person: their roles, and what they set, kept, made and recorded."""

from django.utils.translation import gettext_lazy as _

from camera.models import AgentToken, Camera, Change, Grant, Preset, Recording
from digi.accounts.holdings import Holding, register
from digi.accounts.services.belongings import columns

LAB = _("A camera is its department’s: what was set there stays checkable, under a name that says nothing.")
VIDEO = _("A recording is its camera’s, shows what stood before it, and is deleted after its days.")


def register_own() -> None:
    register(
        Holding(
            name="cameras/roles",
            label=_("Your roles at cameras"),
            rows=lambda user: Grant.objects.filter(user=user).select_related("camera"),
            shown=columns("camera.name", "role", "created_at"),
        ),
        Holding(
            name="cameras/changes",
            label=_("Settings of cameras that you changed"),
            rows=lambda user: Change.objects.filter(by=user).select_related("camera"),
            shown=columns("camera.slug", "revision", "before", "after", "origin", "created_at"),
            why=LAB,
        ),
        Holding(
            name="cameras/presets",
            label=_("Settings of cameras that you kept under a name"),
            rows=lambda user: Preset.objects.filter(created_by=user).select_related("camera"),
            shown=columns("camera.slug", "name", "settings", "created_at"),
            why=LAB,
        ),
        Holding(
            name="cameras/made",
            label=_("Cameras that you made"),
            rows=lambda user: Camera.objects.filter(created_by=user),
            shown=columns("slug", "created_at", "retired_at"),
            why=LAB,
        ),
        Holding(
            name="cameras/tokens",
            label=_("Tokens for cameras’ agents that you made"),
            rows=lambda user: AgentToken.objects.filter(created_by=user).select_related("camera"),
            shown=columns("camera.slug", "created_at", "revoked_at"),
            why=LAB,
        ),
        Holding(
            name="cameras/recordings",
            label=_("Recordings that you started"),
            rows=lambda user: Recording.objects.filter(started_by=user).select_related("camera"),
            shown=columns("uuid", "camera.slug", "state", "started_at", "ended_at", "seconds", "bytes"),
            why=VIDEO,
        ),
    )
