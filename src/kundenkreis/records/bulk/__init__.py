"""One thing done with many records: chosen in a list, done in pieces, counted truly, taken back."""
