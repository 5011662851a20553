"""A demonstration newsroom: articles, pictures, and readers who read them."""
