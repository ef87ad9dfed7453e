"""One page for each thing a person does."""
