//! Pure readings of the evidence that the planner and the checks share.
