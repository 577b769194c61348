"""Who may see and change what: the product against an oracle that was written independently."""
