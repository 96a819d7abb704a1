"""The annex pipeline: prepare, match, execute, assemble, render, swap in, manifest.

Importing this package imports nothing else; ask :mod:`sfp_model.annex.build` for a build.
"""
