"""The replica's own store: one SQLite file, which only modules of this folder know from inside."""
