"""Documents that people sign, whatever they are about: versions, drafts, signatures."""
