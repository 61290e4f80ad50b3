"""What the access log may say of a path."""

import pytest

from digi.server.access import redact


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/ws/chat/Z0FBQUFBQnBk/", "/ws/chat/…/"),
        ("/chat/Z0FBQUFBQnBk/?since=3", "/chat/…/"),
        ("/accounts/password/reset/key/3-c4f/", "/accounts/password/reset/key/…/"),
        ("/accounts/confirm-email/MQ:1uK/", "/accounts/confirm-email/…/"),
        ("/unsubscribe/eyJ1/", "/unsubscribe/…/"),
        ("/api/v1/calendar/9f2c71.ics", "/api/v1/calendar/…"),
        ("/api/v1/me/calendar/", "/api/v1/me/calendar/"),
        ("/api/v1/rooms/?q=anna", "/api/v1/rooms/"),
    ],
)
def test_what_opens_something_is_left_out(path, said):
    assert redact(path) == said
