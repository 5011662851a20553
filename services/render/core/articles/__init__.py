"""What is known of an article, whatever shows it: its former addresses, its place, its story in short."""
