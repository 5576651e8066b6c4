"""The demonstration platform: believable people whose events are a function of (seed, time).

A hidden intent and noise drive behaviour and outcomes; nothing here reads the ruleset, so that scoring is tested and
not mirrored. Every name, company, address and telephone number is invented or set aside for fiction.
"""
