"""All that Digi keeps, in one file, and back: from any of its databases into any other.

`saving` writes an archive from one snapshot of the database while the server runs, `archive` checks it, `restoring`
brings it into an empty database. Keys are never in it: whoever has only the archive reads no message, and whoever has
lost the keys reads none either.
"""
