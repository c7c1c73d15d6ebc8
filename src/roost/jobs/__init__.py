"""What a command does: observe, plan, execute."""
