"""An archive to a folder or an object store, and back."""
