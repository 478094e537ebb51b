"""Runs first: with the button held down the tool starts in safe mode."""

import machine
from release_tool import safe
from release_tool.hal.pins import XIAO_ESP32S3

safe.mode = not machine.Pin(XIAO_ESP32S3["button"], machine.Pin.IN, machine.Pin.PULL_UP).value()
