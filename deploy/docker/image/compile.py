"""Compiles what a server imports before its first answer: a container cannot keep what it compiles itself.

The bytecode carries no times, so that it is the same in each build.
"""

import compileall
import os
import sys
from importlib import import_module
from pathlib import Path
from py_compile import PycInvalidationMode

sys.path.insert(0, str(Path.cwd()))


def main() -> None:
    """Import it with throwaway secrets, then compile file by file."""
    secrets = import_module("digi.secrets")
    os.environ |= {name: secrets.fresh(length) for name, length in secrets.LENGTHS.items()}
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "digi.settings",
        "DIGI_DEBUG": "0",
        "DIGI_ALLOWED_HOSTS": "localhost",
        "DIGI_PUBLIC_ORIGINS": "http://localhost",
        "DIGI_DATABASE_URL": "sqlite:///:memory:",
    }
    for name in ("digi.asgi", "digi.server.command", "digi.urls", "digi.worker.queue"):
        import_module(name)
    import_module("django.utils.module_loading").autodiscover_modules("tasks")
    files = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
    for file in sorted(file for file in files if file.endswith(".py")):
        compileall.compile_file(file, quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)


if __name__ == "__main__":
    main()
