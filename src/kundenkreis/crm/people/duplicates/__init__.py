"""Who is there twice: an engine over rows of any source, free of models and of the database.

`engine.find` goes from rows to scored pairs; `docs/decisions/0031-duplicates-by-shipped-weights.md`
says how it decides and how well.
"""
