"""A record → the faults that the printed form itself holds. Pure."""
