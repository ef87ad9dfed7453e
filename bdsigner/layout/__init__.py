"""Where things stand on a page: number and date, title lines, the signer's name, marks, free room (regulation.md §14)."""
