"""run_daphne.py with a quicker pulse: heartbeats, the look at slow readers and the end of its patience in seconds."""

import os
import sys

sys.path[0] = os.getcwd()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digi.settings")

from digi.server.loop import use_fastest_loop  # noqa: E402

use_fastest_loop()

from digi.realtime import following, pulse  # noqa: E402
from digi.server.command import main  # noqa: E402

pulse.HEARTBEAT, pulse.WATCH, following.SILENCE = 3, 1, 3

main(sys.argv[1:])
