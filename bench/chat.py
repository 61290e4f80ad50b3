#!/usr/bin/env python
"""`python bench/chat.py`: Digi and the Channels tutorial's chat side by side; see docs/benchmarks.md."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # else this file would stand for the app `chat`

from bench.comparison import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
