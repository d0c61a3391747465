"""The things beside a body: what there is, where it stands, and how it is drawn."""
