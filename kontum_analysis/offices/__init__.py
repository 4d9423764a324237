"""An office's own figures: reading its table, matching its areas, what would change, the template to fill in."""
