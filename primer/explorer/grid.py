"""Explorers over a precomputed grid of settings, for what cannot run in a page."""
