"""The API's own description: the OpenAPI document, its examples, and the reference page."""
