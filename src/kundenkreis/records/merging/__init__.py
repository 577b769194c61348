"""Two records of one type become one, and can become two again.

`references` knows what names a record, `values` which value survives, `commands` does it.
"""
