"""What leaves the library for readers: tables, Excel, Word, text files, SDMX, the report, notebooks, traces."""
