"""What a teammate is told, in the app."""
