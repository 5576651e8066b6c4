"""Notifications at work: what happened becomes notices, and notices become messages. Wires stages 4 and 5 to people."""
