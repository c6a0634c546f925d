"""Work that outlives a request: asked for, queued, done by workers, followed, kept."""
