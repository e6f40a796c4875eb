"""FastAPI: pages, callbacks, health. Translates HTTP and decides nothing; GET never changes state."""
