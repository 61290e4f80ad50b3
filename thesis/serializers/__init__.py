"""Topics, applications and theses as the API shows and takes them."""
