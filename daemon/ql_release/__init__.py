"""The QL Release daemon: frames from a muscle release tool in, events on MQTT out."""

__version__ = "0.1.0"
