"""Use cases: one public function, one transaction; `now` is handed in; nothing here knows HTTP."""
