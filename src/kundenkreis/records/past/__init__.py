"""What was: the history of records, as they were at an instant, taking back, and the bin."""
