"""The tool's side of the wire (docs/wire.md): the same modules under MicroPython and CPython.

frame    put_header, put_counts, put_imu: samples into a buffer, without allocating; TYPE_*, FLAG_*.
framing  CobsFraming, LengthFraming: .encode(message), and .feed(data), which returns the messages
         that are now whole.
control  OP_*, STATUS_*, FEATURE_*; parse_request, unpack_request, reply and the payload of each
         reply that has one.

Requests are answered in release_tool.control, frames without samples made in
release_tool.reports, calibration blocks in release_tool.calibration.
"""
