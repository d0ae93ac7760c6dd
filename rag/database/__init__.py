"""The databases that the stores are kept in: the only place that knows one engine from another."""
