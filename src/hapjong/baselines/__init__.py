"""Baselines: each learns from the training gold and writes an ordinary submission."""
