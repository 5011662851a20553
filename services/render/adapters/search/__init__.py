"""The search's index, a SQLite file of its own."""
