"""What the clock does: one file per arrow.

A job asks "due by now and not yet done?", so it is safe twice, late, or after a week of darkness. Jobs meet only in the database.
"""
