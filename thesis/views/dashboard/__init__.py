"""The page that people begin with."""
