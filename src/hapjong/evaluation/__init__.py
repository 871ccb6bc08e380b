"""Scoring: submissions in, scores with counts, intervals and signatures out.

Needs neither torch nor datasets nor any baseline.
"""
