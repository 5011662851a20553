"""Whether what lies there after a month of reading joins what one reader read."""
