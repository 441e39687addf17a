"""Casual requests over sticker-world pictures, each with its reading; for the language model and its benchmark."""
