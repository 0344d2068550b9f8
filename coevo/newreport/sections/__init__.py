"""The sections of the report: facts that their sentences and charts need, and their tables."""
