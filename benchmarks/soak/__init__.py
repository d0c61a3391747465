"""The soak: two hosts over one PostgreSQL, patients who use app and texts, a clock that runs many
times faster than ours, and processes that are killed all the while."""
