"""Care: repairs for what people would not notice otherwise."""
