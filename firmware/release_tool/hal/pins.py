"""Which pin does what, board by board; change a copy of one for a board of your own.

A value of None means that the part is not there.
"""

from release_tool.compat import const

# Seeed XIAO ESP32-S3: D4/D5 are its I2C, D1 has the wake-up that deep sleep needs, A0 with a
# divider of two equal resistors measures the cell.
XIAO_ESP32S3 = {
    "model": "xiao-esp32s3",
    "sda": const(5),
    "scl": const(6),
    "button": const(2),
    "haptic": const(3),
    "led": const(21),
    "battery": const(1),
}

# Raspberry Pi Pico W and Pico 2 W.
PICO_W = {
    "model": "pico-w",
    "sda": const(4),
    "scl": const(5),
    "button": const(15),
    "haptic": const(14),
    "led": None,
    "battery": None,
}
