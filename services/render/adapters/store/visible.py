"""The one condition in SQL by which an article may be shown at `:now` (core/articles/visibility.py)."""

from typing import Final

VISIBLE: Final = "(embargo_us IS NULL OR embargo_us <= :now) AND (expires_us IS NULL OR expires_us > :now)"
