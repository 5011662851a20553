"""A whole site of another system, as articles: WordPress, Hugo, Ghost."""
