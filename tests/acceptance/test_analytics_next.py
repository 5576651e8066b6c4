"""A real page in a real browser that loads @segment/analytics-next, unmodified but for the address, makes a lead."""

from tests.acceptance.browser_clients import Site, Window
from tests.leadline_process import Folder, Server, wait_until

PAGE = """<!doctype html><html lang="en"><title>Pricing</title><link rel="icon" href="data:,">
<script src="/modules/@segment/analytics-next/dist/umd/index.js"></script>
<script>
  const analytics = AnalyticsNext.AnalyticsBrowser.load({{
    writeKey: "{key}",
    cdnSettings: {{
      integrations: {{"Segment.io": {{apiKey: "{key}", apiHost: "{host}/v1", protocol: "http"}}}},
      metrics: {{sampleRate: 0}},
    }},
  }});
  window.arrived = (async () => {{
    await analytics.page("Pricing");
    await analytics.track("Tool Used", {{tool: "quote-calculator", completed: true}});
    await analytics.identify("amelia-hart", {{email: "amelia.hart@northgatedental.example", firstName: "Amelia"}});
    await analytics.group("northgate", {{name: "Northgate Dental Group", employees: 38}});
    await analytics.track("Quote Requested", {{quote_id: "q-1", seats: 4, roles: ["bookkeeper"]}});
    return true;
  }})();
</script><h1>Pricing</h1></html>"""


def test_events_of_a_real_page_arrive_and_make_a_lead(folder: Folder, site: Site, shown: Window) -> None:
    with Server(folder) as server:
        key = folder.json("keys", "create", "website")["write_key"]
        shown.page.goto(site.put("index.html", PAGE.format(key=key, host=f"127.0.0.1:{server.collect_port}")))
        assert shown.page.evaluate("window.arrived"), "the page says that its events were delivered"
        wait_until(lambda: folder.ask("events_count")["count"] == 5, 60, "all five events are stored")
        wait_until(lambda: folder.ask("status")["spool_lag_seconds"] == 0, 60, "all five are scored")
        leads = folder.json("leads")
    assert shown.errors == []
    assert [lead["user_id"] for lead in leads] == ["amelia-hart"], "the visitor became the known lead"
    assert leads[0]["stage"] == "qualified"
