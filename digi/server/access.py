"""What the access log may say of a path."""

import re

# A connection id opens a room for its owner's session; the keys in mailed links open accounts or end mails, and a
# calendar's is all it takes to read it.
_SECRET = re.compile(
    r"(/chat/|/accounts/password/reset/key/|/accounts/confirm-email/|/unsubscribe/|/calendar/)([^/?#\s]+)",
)


def redact(path: str) -> str:
    """The path with connection ids and mailed keys left out, and without its query."""
    return _SECRET.sub(r"\1…", path.partition("?")[0])
