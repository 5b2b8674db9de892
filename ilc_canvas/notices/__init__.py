"""Notices: what staff are told by mail or webhook. Texts are pure; sending is apart from them."""
