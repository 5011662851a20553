"""What programs follow the site by: feeds and sitemaps."""
