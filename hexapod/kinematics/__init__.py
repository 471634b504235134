"""Joints, inverse and forward kinematics, continuation, the batch solver."""
