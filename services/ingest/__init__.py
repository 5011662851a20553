"""Takes articles in and answers with the outcome."""
