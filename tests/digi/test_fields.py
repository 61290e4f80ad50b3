"""A form's field ties name, hint, control and error by their ids."""

import re

from django import forms
from django.template.loader import render_to_string

from digi.templatetags.digi_ui import field


class Fruit(forms.Form):
    name = forms.CharField(help_text="As on the label", widget=forms.TextInput(attrs={"placeholder": "Name"}))
    secret = forms.CharField(widget=forms.PasswordInput)
    ripe = forms.BooleanField(required=False, help_text="Soft to the thumb")
    kinds = forms.MultipleChoiceField(choices=[("a", "Apple"), ("b", "Pear")], widget=forms.CheckboxSelectMultiple)
    token = forms.CharField(widget=forms.HiddenInput)


def _shown(bound, **options) -> str:
    return re.sub(r"\s+", " ", render_to_string("includes/field.html", field(bound, **options)))


def test_field_shows_its_hint_and_drops_the_placeholder() -> None:
    shown = _shown(Fruit()["name"])

    assert '<label for="id_name">Name</label>' in shown
    assert '<div class="hint" id="id_name_helptext">As on the label</div>' in shown
    assert 'aria-describedby="id_name_helptext"' in shown
    assert "placeholder" not in shown


def test_field_with_a_fault_is_announced_with_its_sentence() -> None:
    shown = _shown(Fruit({})["name"])

    assert 'aria-invalid="true"' in shown
    assert 'aria-describedby="id_name_helptext id_name_error"' in shown
    assert '<div class="error" id="id_name_error">' in shown


def test_field_takes_words_and_attributes_of_the_page() -> None:
    shown = _shown(Fruit()["name"], label="What <is> it?", hint="", autocomplete="off", spellcheck="false")

    assert "What &lt;is&gt; it?" in shown
    assert 'autocomplete="off"' in shown
    assert "hint" not in shown


def test_field_escapes_a_hint_from_outside() -> None:
    assert "&lt;b&gt;" in _shown(Fruit()["name"], hint="<b>")


def test_field_of_a_password_can_be_looked_at() -> None:
    assert '<secret-field class="input-end"><input type="password"' in _shown(Fruit()["secret"])


def test_field_of_yes_or_no_is_one_label() -> None:
    shown = _shown(Fruit()["ripe"], role="switch")

    assert '<label class="choice"><input type="checkbox"' in shown
    assert 'class="switch"' in shown
    assert "Soft to the thumb" in shown


def test_field_of_choices_is_a_named_group() -> None:
    shown = _shown(Fruit()["kinds"])

    assert '<legend class="label">Kinds</legend>' in shown
    assert shown.count('<label class="choice">') == 2


def test_field_that_is_hidden_is_only_its_control() -> None:
    assert _shown(Fruit()["token"]).strip().startswith('<input type="hidden"')
