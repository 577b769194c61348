"""The page of one record: its facts, changing them beside others, marks on it, and letting people in."""
