"""What to do: analyses that compare options, starts and concepts and say which is better, and how surely."""
