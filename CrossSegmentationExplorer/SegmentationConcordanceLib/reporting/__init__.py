"""Tables as files, and the HTML report."""
