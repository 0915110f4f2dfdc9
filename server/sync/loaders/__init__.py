"""Rows of the feed, one file a topic: from the ids of changed rows to the plain dicts that go down."""
