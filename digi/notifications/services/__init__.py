"""What apps call: `notify`, and who is left out or taken in when access changes."""

from digi.notifications.services.access import forget, withdraw
from digi.notifications.services.states import read_about, unread_about
from digi.notifications.services.telling import notify

__all__ = ["forget", "notify", "read_about", "unread_about", "withdraw"]
