#!/usr/bin/python3
"""The main job as one writes it with gevent: greenlets, each with a kept-alive connection of the
standard library, bodies streamed to files. For a list of one host.

    gevent_get.py JOBS LIST DIR
"""
from gevent import monkey

monkey.patch_all()

import http.client  # noqa: E402  (after the patch, as gevent demands)
import os  # noqa: E402
import shutil  # noqa: E402
import sys  # noqa: E402
from urllib.parse import urlsplit  # noqa: E402

import gevent  # noqa: E402


def worker(urls, directory):
    connection = None
    for url in urls:
        parts = urlsplit(url)
        if connection is None:
            connection = http.client.HTTPConnection(parts.netloc)
        connection.request("GET", parts.path)
        response = connection.getresponse()
        if response.status != 200:
            raise RuntimeError(f"{url}: status {response.status}")
        with open(os.path.join(directory, url.rsplit("/", 1)[1]), "wb") as file:
            shutil.copyfileobj(response, file, 65536)
    if connection is not None:
        connection.close()


def main(jobs, source, directory):
    with open(source, encoding="utf-8") as lines:
        urls = (line.rstrip("\n") for line in lines)
        workers = [gevent.spawn(worker, urls, directory) for _ in range(jobs)]
        gevent.joinall(workers, raise_error=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
