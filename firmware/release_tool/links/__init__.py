"""How bytes leave the tool: one file a transport, one for what they share."""
