"""The one condition in SQL by which an article of the store may be shown at `:now` (core/visibility.py)."""

from typing import Final

VISIBLE: Final = "(embargo_us IS NULL OR embargo_us <= :now) AND (expires_us IS NULL OR expires_us > :now)"
