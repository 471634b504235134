"""Distances and overlaps of bodies: segments, ring solids, the limb as a cone, bone ends."""
