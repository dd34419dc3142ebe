"""The context-mixing predictor: any bytes, bit by bit, in integers (formats/MIXING.md)."""
