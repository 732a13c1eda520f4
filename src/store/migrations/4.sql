-- Which runs came from a file, and who vouched for it.
ALTER TABLE run ADD COLUMN imported TEXT;  -- JSON; null for a run that was made here
