"""Files as offices make them, each from one row of a table: (habit, public report, what must come of it)."""
