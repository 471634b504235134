"""Signing in: settings, claims, pages."""
