"""Files out and in: a view as CSV or Excel, and records from such files.

    exporting   a view's rows and columns as typed values → `writers`; `outgoing` in the worker
    marks       by what a file from here is known again
    reading     a file from outside, read by a `child` process → `table`, the rows of all files
    mapping     which column is which field; `notation`, how the file writes figures and days
    cleaning    cells to values; `related` finds the records they name, `matching` those that exist
    roundtrip   what was edited in a list that went out
    incoming    reads, checks and takes over in the worker: `engine` writes one piece
    commands    what people do with transfers; `plan` what they decided, `review` what they are shown
    reports     what became of the rows
    storing     the folder that a transfer's files lie in

A `Transfer` row says who moves what, and how far it is; long ones go on in the worker, piece by
piece.
"""
