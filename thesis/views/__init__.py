"""The pages of theses."""
