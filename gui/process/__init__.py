"""What runs beside the window: workers and their answers, threads, the system's programs, other starts of ours."""
