"""How one says where the exact engine computes, on the command line and in the window's settings."""

AUTO, PROCESSOR, GPU, NAMED = "auto", "cpu", "gpu", "name:"
"""What is best here, the processor, all GPUs, or devices of the name that follows; else numbers with commas between."""
