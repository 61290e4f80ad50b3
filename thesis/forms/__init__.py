"""What the pages of theses take."""
