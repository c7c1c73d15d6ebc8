"""What roost decides: values in, values out; no disk, clock, process or environment."""
