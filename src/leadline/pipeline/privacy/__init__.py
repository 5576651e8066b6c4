"""Privacy over all stages: who a person is in every store, what is held about them, and how it is taken away."""
