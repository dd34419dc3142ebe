"""What the application knows without a window: plain classes that no test needs a screen for."""
