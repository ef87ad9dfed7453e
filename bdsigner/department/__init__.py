"""What the department is asked for: forms, their rules, and which one a situation calls for (Điều 5–8)."""
