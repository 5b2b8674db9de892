"""What is known of people, and how it is erased: by age or with a person."""
