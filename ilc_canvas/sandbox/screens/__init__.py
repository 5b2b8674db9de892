"""What a person sees who opens a course in a browser: HTML without scripts, for phones as well."""
