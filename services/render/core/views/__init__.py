"""Views: who counts as one reader, whose pages report, and what lies in the log."""
