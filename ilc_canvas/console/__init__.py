"""The staff's web pages: what people look at and do, over the same views and actions as the commands. Nothing here reaches Canvas."""
