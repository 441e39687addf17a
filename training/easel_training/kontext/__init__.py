"""Trains the edit or the generate LoRA on FLUX.1 Kontext itself, with DreamOmni2's encoding of several pictures."""
