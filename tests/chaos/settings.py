"""Digi's settings with a channel layer that is as bad as a layer may be; see tests.chaos.lossy."""

from digi.settings import *  # noqa: F403

CHANNEL_LAYERS["default"]["BACKEND"] = "tests.chaos.lossy.LossyLayer"  # noqa: F405
