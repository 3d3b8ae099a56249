"""What Python files say, without running them: their texts, and every name in them with its exact range."""
