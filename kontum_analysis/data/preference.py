"""Codes of why a figure is used or not."""

LOST = ("lost_own", "lost_listed", "lost_rule")  # of figures that say otherwise than the one used
