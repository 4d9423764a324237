"""What every wing uses: errors in two languages, texts and numbers as each language writes them, files."""
