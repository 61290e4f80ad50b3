"""The API of cameras: `/api/v1/cameras/`."""
