"""What is kept of a study, and what changed since."""
