"""Repairs of tools: a sensor that fails, a battery that is low, forces that nobody calibrated."""

from datetime import datetime
from functools import partial
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..contract.tool import Hello, Quality, ToolState
from ..household import Household
from .board import IssueBoard

FAULT: Final = "sensor_fault"
BATTERY: Final = "battery_low"
UNCALIBRATED: Final = "tool_uncalibrated"

FAULT_AFTER_S: Final = 60.0
"""s; a plug that was touched is no trouble."""
LOW_PCT: Final = 15
"""Enough for some sessions still."""
CHARGED_PCT: Final = 25
"""So much higher that a battery does not come and go."""


class ToolCare:
    """The repairs of one entry's tools; each goes by itself when its cause has gone."""

    def __init__(self, hass: HomeAssistant, board: IssueBoard, household: Household) -> None:
        """Begin without any."""
        self._hass = hass
        self._household = household
        self._board = board
        self._faults: dict[str, CALLBACK_TYPE] = {}

    @callback
    def async_hello(self, hello: Hello) -> None:
        """See whether anybody has calibrated a tool's sensors."""
        if hello.measures_force and not hello.calibration_id:
            words = {"tool": hello.tool}
            self._board.async_put(UNCALIBRATED, hello.serial, words, fix={}, guide="hardware.md")
        else:
            self._board.async_take_back(UNCALIBRATED, hello.serial)

    @callback
    def async_state(self, hello: Hello, state: ToolState) -> None:
        """See how sensors and battery are."""
        if state.quality is not Quality.FAULT:
            self._works(hello.serial)
        elif hello.serial not in self._faults:
            tell = partial(self._async_fails, hello)
            self._faults[hello.serial] = async_call_later(self._hass, FAULT_AFTER_S, tell)
        if state.battery_pct is None:
            return
        if state.battery_pct <= LOW_PCT:
            self._board.async_put(BATTERY, hello.serial, {"tool": hello.tool}, fix={})
        elif state.battery_pct >= CHARGED_PCT:
            self._board.async_take_back(BATTERY, hello.serial)

    @callback
    def async_forget(self, serial: str) -> None:
        """Take back what is told of a tool that has gone for good."""
        self._works(serial)
        self._board.async_take_back(BATTERY, serial)
        self._board.async_take_back(UNCALIBRATED, serial)

    @callback
    def async_stop(self) -> None:
        """Wait for nothing any more."""
        for cancel in self._faults.values():
            cancel()
        self._faults.clear()

    def _works(self, serial: str) -> None:
        if cancel := self._faults.pop(serial, None):
            cancel()
        self._board.async_take_back(FAULT, serial)

    @callback
    def _async_fails(self, hello: Hello, _now: datetime) -> None:
        """Tell of a sensor that still fails; of a tool that has gone nobody knows."""
        tool = self._household.by_serial(hello.serial)
        if tool is None or tool.state is None:
            del self._faults[hello.serial]
            return
        self._board.async_put(FAULT, hello.serial, {"tool": hello.tool}, fix={})
