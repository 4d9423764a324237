"""Mathematics that knows nothing of Kon Tum: trajectories, sums, scores, panels, pooled forecasts, hindcasts."""
