"""The benchmark's judge: a small network that reads a picture's attributes and damage from pixels alone."""
