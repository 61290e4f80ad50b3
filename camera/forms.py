"""What the pages of cameras take. The settings form's fields are named as in camera.proto."""

import math
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from camera import capabilities, controls
from camera.models import Camera, Role, Visibility
from digi.errors import Invalid


class SettingsForm:
    """The settings of a camera as a browser posts them; what is absent stays as it is.

    A browser does not send a switch that is off, so the page names the switches it has shown: `switch`.
    """

    def __init__(self, camera: Camera, data: Mapping[str, Any], switches: list[str]) -> None:
        self.camera = camera
        self.errors: dict[str, list[str]] = {}
        self.revision = self._revision(data.get("revision", ""))
        self.typed: dict[str, Any] = {}
        for name in controls.ORDER:
            kind = controls.kind_of(camera, name)
            if kind == "switch" and name in switches:
                self.typed[name] = data.get(name) in ("on", "true", "1")
            elif kind and kind != "switch" and data.get(name, "") != "":
                self._take(name, str(data[name]))

    @property
    def is_valid(self) -> bool:
        return not self.errors

    def patch(self, base: Mapping[str, Any]) -> dict[str, Any]:
        """What was changed of the settings that the page began with, by the names of the services."""
        changed = {name: value for name, value in self.typed.items() if base.get(name) != value}
        resolution = changed.pop("resolution", None)
        return changed | (capabilities.size_of(resolution) if resolution else {})

    def _revision(self, text: str) -> int | None:
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 19):
            self.errors["revision"] = [str(_("Load the page again: its revision is not readable."))]
            return None
        return int(text)

    def _take(self, name: str, text: str) -> None:
        try:
            self.typed[name] = self._read(name, text)
        except Invalid as error:
            self.typed[name] = text
            self.errors[name] = [str(error.message)]
        except ValueError:
            self.typed[name] = text
            self.errors[name] = [str(_("This is a number."))]

    def _read(self, name: str, text: str) -> Any:
        if name == "resolution":
            capabilities.size_of(text)
            return text
        number = float(text[:40].replace(",", "."))
        if not math.isfinite(number):
            raise ValueError(text)
        return int(number) if number == int(number) else number


class CameraForm(forms.Form):
    """A new camera."""

    name = forms.CharField(label=_("Name"), max_length=120)
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=60,
        help_text=_("Stands in the camera’s address: small letters, digits and hyphens, such as lab-1-107"),
    )
    location = forms.CharField(label=_("Place"), max_length=160, required=False)
    visibility = forms.ChoiceField(label=_("Who may watch"), choices=Visibility.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, departments: Any, none: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"] = forms.ModelChoiceField(
            departments, label=_("Department"), required=not none, empty_label=_("None") if none else None
        )
        self.fields["visibility"].initial = Visibility.GRANTED
        self.order_fields(["name", "slug", "location", "department"])


class NamesForm(forms.Form):
    """What a camera is called, where it is, who may watch."""

    name = forms.CharField(label=_("Name"), max_length=120)
    location = forms.CharField(label=_("Place"), max_length=160, required=False)
    visibility = forms.ChoiceField(label=_("Who may watch"), choices=Visibility.choices, widget=forms.RadioSelect)


class GrantForm(forms.Form):
    """A role for a person, by user name."""

    username = forms.CharField(label=_("User name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class PresetForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
