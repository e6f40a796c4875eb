"""Every sentence a person reads. A package only so that it travels inside the wheel."""
