-- What an extraction says of its window beyond counts (entities expected and answered, calls, totals of the source). It becomes true with
-- the landing: the worker may die before it ends its task, and the attempt that follows reads nothing, so it could not say it.

ALTER TABLE ops.windows ADD COLUMN result jsonb;
