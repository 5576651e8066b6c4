SELECT started_at, ended_at, events, pages, engaged_ms, path, referrer_domain, utm_source, utm_medium, utm_campaign
FROM sessions
WHERE lead = $lead AND ended_at BETWEEN $since AND $until
ORDER BY started_at DESC
