"""Rigid transforms, joints, kinematics and paths.  Knows no medicine and no files; mm and radians."""
