-- What the choice of a run and a list of runs need, so that neither reads what every run was made from.
ALTER TABLE run ADD COLUMN scope TEXT NOT NULL DEFAULT 'whole';      -- whole, part or names
ALTER TABLE run ADD COLUMN inventory_file TEXT NOT NULL DEFAULT '';  -- its name as it was given
ALTER TABLE run ADD COLUMN inventory_id TEXT;                        -- the inventory's own `id`
ALTER TABLE run ADD COLUMN policy TEXT NOT NULL DEFAULT '';          -- its name
ALTER TABLE run ADD COLUMN counts TEXT;                              -- JSON: stages, as judged when it ended

UPDATE run SET
    inventory_file = coalesce(inputs ->> '$.inventory_file', ''),
    policy = coalesce(inputs ->> '$.policy_name', ''),
    scope = CASE
        WHEN inputs ->> '$.inventory_file' = '(command line)' THEN 'names'
        WHEN coalesce(json_array_length(inputs, '$.only'), 0) > 0 THEN 'part'
        ELSE 'whole'
    END;
