"""A synthetic chest and six synthetic models that segment it with known errors: data for demo, tests, benchmarks."""
