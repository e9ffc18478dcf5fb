"""A console that watches live television from headend to edge."""

__version__ = "0.1.0"
