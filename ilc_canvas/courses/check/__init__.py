"""What an office wants to know about its texts before they are in a course."""
