"""What other choices, draws and specifications would have made of the results."""
