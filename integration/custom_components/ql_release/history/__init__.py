"""Sessions that were: kept by id, in whatever order they come to be known."""
