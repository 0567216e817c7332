//! The text as Prometheus reads it.
