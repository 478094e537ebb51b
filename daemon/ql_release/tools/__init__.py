"""One tool's live side: records into its pipeline, events out to the journal and the broker."""
