"""What ``roost kernel`` does."""
