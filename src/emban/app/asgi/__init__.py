"""The layers around every request, from the outermost in: context, CORS, compression, limits, hot dispatch."""
