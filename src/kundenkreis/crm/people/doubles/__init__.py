"""Who is in the base twice: the whole base is compared, and people decide."""
