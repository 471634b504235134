"""Inverse and forward kinematics, Jacobian, continuation solver, batch solver; mm and radians."""
