"""Packages for Debian and Ubuntu."""
