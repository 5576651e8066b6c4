-- The factors of the leads in `given_wanted` as they were scored last by the moment that stands beside each.
SELECT given_wanted.lead, arg_max(factors, (as_of, load_seq)) AS factors, arg_max(ruleset, (as_of, load_seq)) AS ruleset
FROM scores JOIN given_wanted ON scores.lead = given_wanted.lead AND scores.as_of <= given_wanted.at
GROUP BY given_wanted.lead
