"""Clearances: closest approach of segments, ring solids, the limb as a cone, bone ends."""
