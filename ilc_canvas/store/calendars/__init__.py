"""Calendar versions: documents whose content is a calendar."""
