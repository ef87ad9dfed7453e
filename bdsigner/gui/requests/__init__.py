"""The parts of the page Yêu cầu."""
