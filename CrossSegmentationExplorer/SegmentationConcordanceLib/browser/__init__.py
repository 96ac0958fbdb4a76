"""The explorer's rows in a browser, through trame-slicer, for people without Slicer; for this machine alone."""
