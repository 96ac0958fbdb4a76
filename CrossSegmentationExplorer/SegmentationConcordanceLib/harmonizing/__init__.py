"""What a user harmonizes: outputs, what is known of each label, and the answers that a person gave; without a scene."""
