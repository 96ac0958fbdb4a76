"""Verdicts of readers on segmentations: kept, blinded, walked through, and counted."""
