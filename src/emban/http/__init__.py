"""The outermost layer: error bodies, request ids, security headers, health, static pages."""
