"""The broker side: topics, publisher and commands.

`publisher` is the daemon's view; `port` is the seam to an MQTT client and `aiomqtt_port` the
one in use; `outbox`, `documents` and `passing` are the three ways out, by how long a message
matters: for ever, until the next of its kind, or only now.
"""
