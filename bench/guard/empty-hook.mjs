// A hook that does nothing: what any hook of Node costs before its first line.
