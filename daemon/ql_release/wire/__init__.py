"""Bytes to messages and back, without any I/O (docs/wire.md).

`framing` finds whole messages in a byte stream, `messages.decode_from_tool` says what they are,
`stream` puts sample frames in order. Requests and replies are in `control`. Nothing here knows
of sockets, time or newtons.
"""
