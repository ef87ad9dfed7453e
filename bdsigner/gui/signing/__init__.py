"""What happens on the Ký số page: files and their places, first looks, the run, its results."""
