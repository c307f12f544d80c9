// Nothing to import: the library only has the symbols of hypot.c.
