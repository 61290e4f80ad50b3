"""What a reviewer writes who came by a link."""

from django import forms
from django.utils.translation import gettext_lazy as _

from thesis.services.discussion import LONGEST


class RemarkForm(forms.Form):
    body = forms.CharField(label=_("Your remark"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6}))
