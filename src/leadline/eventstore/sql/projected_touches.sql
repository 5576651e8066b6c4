-- Visits of people who count, each with the channel that it came by. Of somebody who was seen on pages, only what has a
-- page is a visit: what a server or the CRM tells of them (a deal that was won) is none.
SELECT lead, started_at, ended_at, {channel} AS channel,
    coalesce(utm_source, {referrer}) AS source, utm_medium AS medium, utm_campaign AS campaign,
    path AS landing, {referrer} AS referrer_domain, pages, events, engaged_ms
FROM (SELECT *, {folded} FROM sessions SEMI JOIN given_people USING (lead))
QUALIFY pages > 0 OR path IS NOT NULL OR NOT bool_or(pages > 0 OR path IS NOT NULL) OVER (PARTITION BY lead)
