"""Finished pages in memory, in front of Django: a page that is still true never enters it.

declaring   which addresses are kept, said beside their views
content     what is current: asked at most every tenth of a second, believed for 200 ms
page        one finished page in every encoding, and how it is answered
memory      a bounded number of bytes of them
rendering   asking Django for a page, in words that are the same whoever asks
as_of       the last good page, marked, while there is no newer one to be had
between     what nginx and CDNs are told of a page
cache       the WSGI application that puts them together
"""

from portal.web.page_cache.cache import PageCache
from portal.web.page_cache.content import Content
from portal.web.page_cache.declaring import cached_page

__all__ = ["Content", "PageCache", "cached_page"]
