"""Chinese text: its two scripts, its words, and what turns the direction of a line."""
