"""What readers see: findings, tables, figures, words, documents."""
