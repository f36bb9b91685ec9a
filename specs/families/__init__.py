"""What rules of one family share: arguments, states and equations."""
