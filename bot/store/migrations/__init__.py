"""The versions of the schema, oldest first; run by `bot.store.schema`, never by hand."""
