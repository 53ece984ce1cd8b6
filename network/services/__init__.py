"""All writes to the network. Every service takes keywords, runs in one transaction, and logs who changed what."""
