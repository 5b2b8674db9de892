"""A stand-in Canvas LMS: a real HTTP server on loopback that answers the REST calls we use as a Canvas does."""
