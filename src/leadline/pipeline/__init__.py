"""The steps by name, in order; the only place that wires one stage to the next."""
