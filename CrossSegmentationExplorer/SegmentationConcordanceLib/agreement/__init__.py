"""Consensus of several models, overlap, and the tidy tables that say how well they agree."""
