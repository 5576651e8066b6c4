-- Whether an identity is the only one of its lead, of leads that lost some.
UPDATE identity_lead SET alone = counted.identities = 1
FROM (SELECT lead, count(*) AS identities FROM identity_lead GROUP BY lead) AS counted
WHERE counted.lead = identity_lead.lead AND identity_lead.lead IN (SELECT unnest($leads::BIGINT[]))
