"""What the explorer shows: its structures, rows of views and their labels; without a scene."""
