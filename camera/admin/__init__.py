"""Cameras in the admin."""

from camera.admin import cameras, recordings

__all__ = ["cameras", "recordings"]
