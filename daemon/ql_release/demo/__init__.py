"""The demonstration: a broker, a tool with a simulated body, and a subscriber."""
