"""Who runs it, and what the law asks of them."""

from collections.abc import Iterator

from django.conf import settings

from digi.accounts.services import first
from digi.management.doctor.findings import Finding, care, fine


def examine() -> Iterator[Finding]:
    if first.is_missing():
        yield care("There is no administrator.", "manage.py first_administrator")
    else:
        yield fine("There is an administrator.")
    unset = [name for name in ("DIGI_IMPRINT_URL", "DIGI_PRIVACY_URL") if not getattr(settings, name)]
    if unset and not settings.DEBUG:
        yield care(
            f"No page leads to who runs this server: {' and '.join(unset)}.", "In many countries both must be there."
        )
