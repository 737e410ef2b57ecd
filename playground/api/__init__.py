"""The company's HTTP API and the playground's control API, described by one OpenAPI document."""
