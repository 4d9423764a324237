"""The published figures: areas, the contract of the raw tables, rules, observations, own figures, agreement."""
