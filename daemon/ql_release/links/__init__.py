"""How bytes arrive: TCP, serial, captures and recordings."""
