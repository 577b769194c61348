"""Files out and in: a view as CSV or Excel, and records from such files.

    exporting   a view's rows and columns as typed values → `writers`
    marks       by what a file from here is known again
    storing     the folder that a transfer's files lie in

A `Transfer` row says who moves what, and how far it is; long ones go on in the worker, piece by
piece.
"""
