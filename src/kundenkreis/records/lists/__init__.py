"""Lists and boards: what their address asks for, their columns, pages, sums and cells, and views."""
