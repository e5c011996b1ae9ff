"""Work that waits for nobody: messages are delivered, offers and guarantees end on time; no page."""
