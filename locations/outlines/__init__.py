"""Outlines of the provinces for the map, built from a drawing that a package carries."""
