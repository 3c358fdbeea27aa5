"""What becomes of what was seen: the bounded buffer, the writer thread behind it, and Scrapy's item pipeline."""
