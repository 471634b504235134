"""Joints, inverse and forward kinematics, Jacobian, continuation, the batch solver; mm and radians."""
