"""The dossier of a person: everything that either side holds about them.

`whose` says by which names they go on both sides, `places` where rows of theirs are: by the privacy
maps. From these two follow the complete export and the erasure.
"""
