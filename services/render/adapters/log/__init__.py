"""articles.v1, read into a store."""
