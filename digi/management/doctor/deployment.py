"""What Django's own checks say of these settings."""

from collections.abc import Iterator

from django.conf import settings
from django.core import checks

from digi.management.doctor.findings import Finding, care, fault, fine

REDIRECT = {"security.W008"}  # a proxy's task
OF_HTTPS = {"security.W004", "security.W012", "security.W016"}  # they follow the origins, at which `addresses` looks


def examine() -> Iterator[Finding]:
    answered = REDIRECT if settings.HTTPS else REDIRECT | OF_HTTPS
    found = [
        message
        for message in checks.run_checks(include_deployment_checks=not settings.DEBUG)
        if message.id not in answered and not message.is_silenced() and message.level >= checks.WARNING
    ]
    for message in found:
        tell = fault if message.is_serious() else care
        yield tell(f"{message.msg} ({message.id})", str(message.hint or "See Django's page on system checks."))
    if not found:
        yield fine("Django's checks find nothing.")
