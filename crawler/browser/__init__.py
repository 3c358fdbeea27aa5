"""A headless browser that has no network of its own: every request of a page goes through the guarded fetcher.

Needs the extra ``browser`` (Playwright's client) and a Chromium on the machine; without either
:func:`crawler.browser.find.find_chromium` says so and what only scripts can show stays undetermined. Only ``find``
may be imported without the extra.
"""
