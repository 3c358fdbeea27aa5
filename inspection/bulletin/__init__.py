"""The published text of a period: figures gathered from what offices keep on file, and the prose made of them."""
