"""Files of this program: profile, resources, settings, outputs, logs."""
