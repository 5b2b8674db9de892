"""Tests of attendance files."""
