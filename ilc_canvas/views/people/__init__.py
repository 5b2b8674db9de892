"""What is known about people: questions, answers, one person, one person in one run."""
