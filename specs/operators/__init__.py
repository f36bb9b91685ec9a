"""What a rule becomes another rule by. Every operator bound here to a public name can be called."""
