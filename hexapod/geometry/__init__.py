"""Rigid transforms, poses along a path, arc length.  No medicine, no files; mm and radians."""
