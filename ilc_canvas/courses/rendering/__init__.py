"""From one text of the office to the form that Canvas keeps."""
