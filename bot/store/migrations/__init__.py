"""The versions of the schema, oldest first; run by `bot.store.migrate`, never by hand."""
