"""A drill for a cluster of brokers: nodes are killed while daemons publish, and nothing is lost.

`make cluster` runs it whole, a test a small one. Everything in it is real but the tools, which are
scripted: NATS with the configuration of docs/cluster.md, the daemon as its own process, and a
watcher that knows only docs/mqtt.md.
"""
