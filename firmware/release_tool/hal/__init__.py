"""The hardware, behind one interface; `board` is the real one, `unix` reads a body's trace.

A hardware object has these attributes:
`serial` (8 bytes), `model` (text), `hardware` (revision), `features` (u32), `n_force`,
`kinds` (bit per zone: contact only), `imu` (0 or 1), `can_sleep`, `max_hz`, `rate_hz`,
`accel_range_g`, `gyro_range_dps`, `sample_ticks` (when the last sample was taken), and these
methods:

- `factory_calibration()`: the `Calibration` it left its maker with.
- `ticks_us()`, `ticks_diff(later, earlier)`: wrap at 2^30, see `clock`.
- `async ready()`: returns when the next sample can be read.
- `read_into(counts, imu)`: fills `array('i')` and `array('h')` without allocating; returns the
  bits below. A value that cannot be read is left as it was and its fault bit set.
- `begin()`: a host asked for the stream.
- `set_rate(hz)`: returns the rate it takes, the nearest it has.
- `battery()`: per cent, 255 unknown.
- `feed()`: the watchdog. For the supervisor alone.
- `haptic(pattern)`, `led(r, g, b)`: False where the hardware has none.
- `sleep()`: until the button is pressed; the tool boots anew.
- `urandom(n)`: bytes fit for nonces.
- `async sleep_ms(ms)`: waits in the tool's own time.
- `async button()`: returns at each press; waits for ever where there is none.
"""

from release_tool.compat import const

# What `read_into` returns: bits 0-7 are the zones at fault.
FAULT_IMU = const(0x100)
FAULTS = const(0x1FF)
SATURATED = const(0x200)

BATTERY_UNKNOWN = const(255)
