"""The texts that courses are furnished with, as they were when runs went by them."""
