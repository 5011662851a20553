"""What readers ask over HTTP, and what goes back."""
