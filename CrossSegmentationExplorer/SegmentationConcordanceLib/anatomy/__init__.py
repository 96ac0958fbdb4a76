"""Coded concepts, structure identity, and what each model's labels mean."""
