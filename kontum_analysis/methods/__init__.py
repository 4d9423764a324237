"""The mathematics of rates, for any project: trajectories, sums, scores, panels, pooled forecasts, hindcasts."""
