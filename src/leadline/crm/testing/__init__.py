"""Public: stateful fakes of CRMs that misbehave the way the vendors do, and the conformance suite of connectors."""
