-- When each load saw each identity last.
SELECT load_seq, identity, epoch_us(max(occurred_at)) FROM events GROUP BY load_seq, identity ORDER BY load_seq
