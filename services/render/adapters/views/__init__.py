"""Views on their way from a page to views.v1."""
