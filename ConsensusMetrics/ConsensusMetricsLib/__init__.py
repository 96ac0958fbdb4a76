"""Parts of the module ConsensusMetrics: what its file would be too long with."""
