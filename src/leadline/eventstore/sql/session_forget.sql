DELETE FROM sessions USING session_spans
WHERE sessions.lead = session_spans.lead AND run_started_at BETWEEN since AND until
