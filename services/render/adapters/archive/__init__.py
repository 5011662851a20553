"""The archive of old texts in PostgreSQL: asked, folded into, and what a replica keeps whole beside it."""
