"""The Hub repository: configurations, features, parquet files, card."""
