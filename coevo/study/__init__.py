"""What a person sets down for a study: configuration, indicators, regions, raw files."""
