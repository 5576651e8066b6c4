INSERT INTO traits SELECT identity, key, value, present, occurred_at, message_hash, $load_seq FROM incoming_traits
