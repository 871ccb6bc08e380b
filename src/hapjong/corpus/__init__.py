"""The data on disk: articles, press documents, the registry of entities, gold, splits, checks."""
