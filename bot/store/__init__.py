"""The only SQL (STUB, owner: store core)."""
