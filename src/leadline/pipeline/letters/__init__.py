"""What goes out by mail: a board as PDF and HTML, and alerts; made of reports, so that numbers are those of pages."""
