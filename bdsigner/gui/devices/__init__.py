"""Parts of the page on devices."""
