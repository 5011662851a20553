"""Counts every view exactly once and keeps the hot lists."""
