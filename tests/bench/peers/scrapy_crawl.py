#!/usr/bin/python3
"""The synthetic web as one crawls it with Scrapy: many hosts at a time, two requests each, no
pause, robots.txt obeyed. LOG gets a JSON line for every page.

    scrapy_crawl.py SEEDS LOG
"""
import json
import sys

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor
from scrapy.resolver import CachingThreadedResolver
from twisted.internet import defer

SETTINGS = {
    "CONCURRENT_REQUESTS": 200,
    "CONCURRENT_ITEMS": 1,  # as many tasks are started for each page: 100 would double its CPU time
    "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
    "DOWNLOAD_DELAY": 0,
    "ROBOTSTXT_OBEY": True,
    "COOKIES_ENABLED": False,
    "LOG_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REQUEST_FINGERPRINTER_IMPLEMENTATION": "2.7",
}


class Loopback(CachingThreadedResolver):
    """Every name is here: Scrapy asks the system's name servers only, and is spared the work."""

    def getHostByName(self, name, timeout=None):  # Twisted's spelling
        return defer.succeed("127.0.0.1")


class Pages(scrapy.Spider):
    name = "pages"
    links = LinkExtractor(deny=["/cal/"])

    def start_requests(self):
        with open(self.seeds, encoding="ascii") as seeds:
            for url in seeds:
                yield scrapy.Request(url.strip())

    def parse(self, response):
        found = self.links.extract_links(response)
        self.log_file.write(json.dumps({"url": response.url, "status": response.status,
                                        "links": len(found)}) + "\n")
        for link in found:
            yield scrapy.Request(link.url)


def main(seeds, log):
    with open(log, "w", encoding="utf-8") as file:
        process = CrawlerProcess({**SETTINGS, "DNS_RESOLVER": Loopback})
        process.crawl(Pages, seeds=seeds, log_file=file)
        process.start()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
