"""The search: what a text is found by, what a query asks for, and the page of results."""
