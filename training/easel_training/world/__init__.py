"""The sticker world: pictures rendered from scenes, so that every caption, mask, edit and reference is exact."""
