#!/usr/bin/env python
"""Start Daphne from the environment: DIGI_HOST (default 0.0.0.0) and DIGI_PORT (default 8000).

Arguments go to Daphne's own command line, with Digi's defaults: `python run_daphne.py --help`.
"""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digi.settings")
    try:
        from digi.server.loop import use_fastest_loop

        use_fastest_loop()
        from digi.server.command import main
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is not installed here: `make run` sets .venv up, then use .venv/bin/python.")
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:  # Ctrl-C while it still starts
        sys.exit(130)
