"""Kon Tum Analysis: poverty paths, new-rural attainment and targets, from published figures."""
