#!/usr/bin/env python
"""Start Daphne from the environment: DIGI_HOST (default 0.0.0.0) and DIGI_PORT (default 8000)."""
