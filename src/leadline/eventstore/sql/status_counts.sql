SELECT coalesce(sum(events), 0)::BIGINT, coalesce(sum(duplicates), 0)::BIGINT, coalesce(sum(quarantined), 0)::BIGINT,
    count(*)
FROM segments
