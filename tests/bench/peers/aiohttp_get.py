#!/usr/bin/python3
"""The main job as one writes it with aiohttp: workers on one connection pool, bodies streamed to
files.

    aiohttp_get.py JOBS LIST DIR
"""
import asyncio
import os
import sys

import aiohttp


async def worker(session, urls, directory):
    for url in urls:
        async with session.get(url) as response:
            response.raise_for_status()
            with open(os.path.join(directory, url.rsplit("/", 1)[1]), "wb") as file:
                async for chunk in response.content.iter_chunked(65536):
                    file.write(chunk)


async def main(jobs, source, directory):
    connector = aiohttp.TCPConnector(limit=jobs)
    timeout = aiohttp.ClientTimeout(total=None)
    with open(source, encoding="utf-8") as lines:
        urls = (line.rstrip("\n") for line in lines)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            await asyncio.gather(*(worker(session, urls, directory) for _ in range(jobs)))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
