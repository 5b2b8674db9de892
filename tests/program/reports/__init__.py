"""Tests of the figures in reports."""
