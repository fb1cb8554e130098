"""Tests: one folder per folder of the app, and journeys through all of it."""
