"""New-rural communes (NTM): published counts, criteria of every commune, growth, paths, attainment, hindcast."""
