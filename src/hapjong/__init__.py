"""HapJong (합종): a Korean benchmark of news about alliances between AI companies."""

__version__ = "0.1.0"
