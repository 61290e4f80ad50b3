"""Static files under names that carry their hash, down to what scripts import from each other."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):
    """A page's script and all it imports change name together, so that a browser never mixes two releases."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # a name settles one step of the import graph a pass
