"""The command line: parses, calls a job, renders its result."""
