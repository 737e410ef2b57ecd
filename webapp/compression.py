"""Compress pages and answers, but not downloads that are made while they are sent."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class Compression(GZipMiddleware):
    """Django (5.2) makes a gzip member of each piece of an asynchronous stream.

    That is legal, but browsers read the first member only: a CSV would be its first line.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if response.streaming:
            return response
        answered: HttpResponseBase = super().process_response(request, response)
        return answered
