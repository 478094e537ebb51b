"""The public payloads: a pydantic model for everything that crosses the broker.

`contract` writes their JSON Schemas and examples; docs/mqtt.md explains them to people.
"""
