"""The files an owner writes, and the plan that a policy becomes when it is compiled against a live schema."""
