"""What is done to a document, step by step, and the durable queue that has it done."""
