"""The codecs: bytes of a block to a payload and back, classically or through a language model."""
