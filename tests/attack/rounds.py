"""How long the drawn attacks go on."""

import os
from typing import Final

ROUNDS: Final = int(os.environ.get("REMEN_ATTACK_ROUNDS", "1"))
"""Drawn attacks try a multiple of this many cases; 1 in CI."""
