"""How good the data of customers is: what is missing, contradictory or old, and what to do."""
