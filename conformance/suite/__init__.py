"""How it is checked: one module a chapter, one check function a way to break a requirement."""
