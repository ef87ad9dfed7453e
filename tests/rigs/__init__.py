"""Real devices for tests: a private smart-card service and cards that behave, or misbehave, as told."""
