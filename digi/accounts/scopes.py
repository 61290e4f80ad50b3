"""What a token may be allowed to do."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    ROOMS_READ = "rooms:read", _("Read rooms and messages")
    ROOMS_WRITE = "rooms:write", _("Open rooms, write, change and delete messages")
    NOTIFICATIONS_READ = "notifications:read", _("Read notifications and what you wish to hear of")
    NOTIFICATIONS_WRITE = "notifications:write", _("Mark notifications, and say what you wish to hear of")
    WEBHOOKS_READ = "webhooks:read", _("Read webhooks and what was sent to them")
    WEBHOOKS_WRITE = "webhooks:write", _("Have your notifications sent to other servers")
    PEOPLE_READ = "people:read", _("Search the directory")
    ME_READ = "me:read", _("Read your profile")
    ME_WRITE = "me:write", _("Change your profile")
    ME_EXPORT = "me:export", _("Take away everything that Digi holds about you")
    CALENDAR_WRITE = "calendar:write", _("Make and revoke the link of your calendar")
    THESES_READ = "theses:read", _("Read theses, topics and applications")
    THESES_WRITE = "theses:write", _("Change theses, topics and applications")
    CAMERAS_READ = "cameras:read", _("Watch cameras, and read their settings and recordings")
    CAMERAS_WRITE = "cameras:write", _("Set, record and administer cameras")
    METRICS_READ = "metrics:read", _("Read the server's measurements, as an administrator")
    FILES_WRITE = "files:write", _("Upload files")
