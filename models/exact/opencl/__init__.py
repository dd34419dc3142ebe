"""The exact engine's forward pass on any device that speaks OpenCL: the reference's bits, or a refusal by name."""
