"""The words of mails, where an administrator has chosen others."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class MailTemplate(models.Model):
    """Subject and text of one mail in one language. The HTML is the text's echo: a blank line begins a paragraph."""

    name = models.CharField(_("mail"), max_length=64)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("mail template")
        verbose_name_plural = _("mail templates")
        ordering = ("name", "language")
        constraints = (models.UniqueConstraint(fields=("name", "language"), name="mail_template_once"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
