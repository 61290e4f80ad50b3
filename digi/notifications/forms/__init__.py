"""What the pages of notifications take."""
