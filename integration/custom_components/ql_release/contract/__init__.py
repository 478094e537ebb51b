"""The MQTT contract of QL Release, as typed records: needs nothing but Python.

What comes from a broker is read by `read_payload`, `read_event` and the classes here: unknown
fields are ignored, known ones checked, and whatever is not as it must be raises `ContractError`
with a sentence that says where and why. docs/mqtt.md describes every field.
"""
