"""What holds the window's state between worker and views: queue, archives, maps, models."""
