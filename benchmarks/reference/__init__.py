"""The opponents: what a good analyst writes in NumPy; restated by ``benchmarks.models`` for the engine."""
