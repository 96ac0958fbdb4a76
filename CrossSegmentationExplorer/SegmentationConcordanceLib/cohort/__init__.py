"""Many cases: which there are, by patterns and plans; bringing each into order; and what became of it."""
