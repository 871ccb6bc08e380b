"""Label Studio: the page, the server, rounds of annotation, and the way to and from it."""
