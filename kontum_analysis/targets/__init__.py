"""What Programme 3299 asks for and how it stands: the programme, measures, the scoreboard, national targets."""
