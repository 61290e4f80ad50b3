"""The shapes of the API of cameras."""
