"""What people say of a list that they keep."""

from django import forms
from django.utils.translation import gettext_lazy as _

from thesis.models import Column
from thesis.services.saved_views import LONGEST


class ViewForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=LONGEST, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    standard = forms.BooleanField(label=_("Comes first"), required=False)


class ColumnsForm(forms.Form):
    columns = forms.MultipleChoiceField(
        label=_("Columns"), required=False, choices=Column.choices, widget=forms.CheckboxSelectMultiple
    )
