"""How the window looks and speaks: colours, icons, tones, languages."""
