"""What is deposited with a study: the wheel of the program."""
