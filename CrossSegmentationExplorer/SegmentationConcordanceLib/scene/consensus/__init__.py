"""Slicer nodes of ConsensusMetrics: tables, plots, and its logic."""
