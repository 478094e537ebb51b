"""People who were removed, and what is kept of them."""
