"""Answers readers with finished pages."""
