"""The sub-commands of the command line: each module has ``add_arguments`` and ``run``."""
