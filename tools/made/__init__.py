"""Made-up persons and organisations with twins: for the weights and for benchmarks.

They are made as a German customer base is: households, namesakes, common names, company addresses,
switchboards, chains. What a twin is and how its facts went wrong is in `SLIPS` and the functions
beside it; these shares are our assumptions, not measurements.
"""
