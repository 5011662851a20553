"""The version of Remen: that of the newest release, which `python3 dev release` writes here."""

from typing import Final

VERSION: Final = "0.1.0"
