"""Page furniture for staff and public pages. How to use it: README.md; what it looks like: /ui/."""
