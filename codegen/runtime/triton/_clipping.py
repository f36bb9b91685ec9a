"""What happens to the elements of a gradient before a rule sees them."""
