"""Pages: what all share at a moment, the HTML of each part, and how parts become one answer."""
