"""Signing in: settings, claims, who is at the page."""
