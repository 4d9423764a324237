"""Poverty of the province and its districts: what is known, estimates, scenarios, paces, paths, draws."""
