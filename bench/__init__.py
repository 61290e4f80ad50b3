"""Load generators: what Digi can do, beside what everybody could have written in an afternoon."""
