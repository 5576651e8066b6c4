// Leadline's browser tracker: docs/how-to/browser-tracker.md says what it does for whom. Served as /t.js, minified.
// A message lives until the collector has answered for it; a repeat keeps its messageId, which the server knows it by.
(() => {
  "use strict";
  const PREFIX = "leadline:"; // every key on the device begins so
  const VISITOR = PREFIX + "visitor";
  const MESSAGE = PREFIX + "message:";
  const LIFETIME = 34e9; // ms: 13 months, the longest that France's CNIL lets a tracker know a visitor
  const VISIT = 18e5; // the silence that ends a visit, as for the server's sessions
  const IDLE = 6e4; // attention ends this long after the last sign of life
  const BEAT = 3e5; // a long read tells of itself this often, so that its session goes on
  const PAUSE = 1e3; // messages of one second travel together
  const MOST = 100; // messages that wait: the newest
  const CHARACTERS = 2e4; // of one request: at most 60 kB in UTF-8, and an unloading page may send 64
  const CAMPAIGN = /^utm_(source|medium|campaign|term|content|id)$/;
  const CLICK = /^((g|d|fb|tt|tw)clid|msclkid|[gw]braid|li_fat_id)$/;

  const api = (window.leadline ||= []);
  const script = document.currentScript;
  if (!script || api.track) return; // a second copy would count everything twice
  const options = script.dataset;
  const address = (options.host || new URL(script.src).origin) + "/v1/b";

  const safely =
    (action) =>
    (...values) => {
      try {
        action(...values);
      } catch (error) {
        console.warn("leadline:", error); // never the page's trouble
      }
    };
  const listen = (names, action) =>
    names.split(" ").forEach((name) => addEventListener(name, safely(action), true)); // true: before the page's own
  const bare = (url) => url.split(/[?#]/)[0]; // queries and fragments may tell who somebody is
  // Works without a secure context too, where crypto.randomUUID is missing.
  const uuid = () =>
    "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
      (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
    );

  // --- What is kept: on the device when that is allowed, else in this page's memory

  let device = {};
  try {
    device = localStorage;
  } catch {
    // blocked: memory, then
  }
  let disk = {};

  const put = (key, value) => {
    try {
      disk[key] = value;
    } catch {
      (disk = { ...disk })[key] = value; // full
    }
  };
  const known = (from = disk) => JSON.parse(from[VISITOR] || "{}"); // read anew: another tab may have changed it
  const keep = (changes) => put(VISITOR, JSON.stringify({ made: Date.now(), ...known(), ...changes }));
  const list = (from, beginning) =>
    Object.keys(from)
      .filter((key) => key.startsWith(beginning))
      .sort();
  const drop = (key) => delete disk[key];

  // --- Consent

  const category = options.consentCategory || "analytics";
  const objects = navigator.globalPrivacyControl; // binding by law in places: no consent given here overrides it
  const asks = options.consent === "required" || navigator.doNotTrack === "1";
  let allowed; // true, false, or undefined while the visitor has yet to choose

  const permit = (verdict, forget) => {
    allowed = verdict;
    if (!verdict) {
      list(device, forget).forEach((key) => delete device[key]);
      disk = {};
    } else if (disk !== device) {
      list(disk, PREFIX).forEach((key) => (device[key] ||= disk[key]));
      disk = device;
      flush();
    }
  };
  const decide = () => {
    const past = known(device);
    const { consent, refused } = Date.now() - past.made > LIFETIME ? permit(false, PREFIX) || {} : past;
    const verdict = objects || refused ? false : consent || !asks ? true : undefined;
    permit(verdict, refused && !objects ? MESSAGE : PREFIX); // a refusal is all that may stay
  };
  const consent = (choice, version) => {
    const preferences = Object(choice) === choice ? choice : { [category]: choice };
    const agreed = !objects && preferences[category] === true;
    if (!agreed) list(disk, MESSAGE).forEach(drop);
    if (agreed || known().anonymousId) {
      keep({ consent: { categoryPreferences: preferences, version }, refused: undefined });
      // What the server knows has to stop too: a message that says nothing else, at once, and kept nowhere.
      if (!agreed) enter("identify"), send();
    }
    if (!allowed) delete device[VISITOR];
    permit(agreed, PREFIX);
    // Where nobody is asked, the next page would start again.
    if (!agreed && !asks && !objects) device[VISITOR] = JSON.stringify({ made: Date.now(), refused: true });
  };

  // --- Messages that wait: a key for each, since two tabs that write one list lose each other's

  const sending = new Set();
  let serial = 1e4;
  let timer;

  const enter = (type, fields) => {
    if (allowed === false) return;
    keep({ seen: Date.now(), anonymousId: known().anonymousId || uuid() });
    const { made, seen, consent, anonymousId, userId, ...context } = known();
    const messageId = uuid();
    const ids = { type, messageId, anonymousId, userId, timestamp: new Date() };
    const text = JSON.stringify({ ...ids, ...fields, context: { page, ...context } });
    if (text.length > CHARACTERS) throw "too large";
    put(MESSAGE + Date.now() + serial++ + messageId, text);
    list(disk, MESSAGE).slice(0, -MOST).forEach(drop);
    timer ||= setTimeout(flush, PAUSE);
  };

  // --- Sending

  let attempts = 0;
  let resting; // until a timer says that it is time to try again

  const choose = () => {
    let size = 0;
    return list(disk, MESSAGE).filter((key) => !sending.has(key) && (size += disk[key].length) <= CHARACTERS);
  };
  const post = (body) => {
    // Without keepalive an unloading page has beacons only. They bring no answer: what is kept is sent again.
    if (!until && !("keepalive" in Request.prototype)) return navigator.sendBeacon(address, body) && {};
    // A string travels as text/plain, which needs no preflight: an unloading page has no time for one.
    return fetch(address, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => ({}));
  };
  const send = async () => {
    const chosen = choose();
    if (!allowed || !chosen.length || resting) return;
    chosen.forEach((key) => sending.add(key));
    const context = { library: { name: "leadline.js" }, consent: known().consent }; // of all messages
    const batch = chosen.map((key) => JSON.parse(disk[key]));
    const body = JSON.stringify({ writeKey: options.writeKey, sentAt: new Date(), context, batch });
    const { status, headers } = await post(body);
    chosen.forEach((key) => sending.delete(key));
    if (!status || status === 429 || status > 499) return retry(headers);
    if (status > 200) console.warn("leadline:", status); // the same again would be refused again
    attempts = 0;
    chosen.forEach(drop);
    return send();
  };
  const retry = (headers) => {
    const asked = headers?.get("Retry-After") * 1e3 || 0;
    const wait = Math.max(asked, Math.min(PAUSE * 2 ** attempts++, BEAT)) * (1 + Math.random() / 2);
    resting = true;
    clearTimeout(timer);
    timer = setTimeout(flush, wait);
  };
  // One tab at a time, where the browser has locks; else the server meets a repeat and knows it.
  const flush = () => {
    timer = resting = 0;
    return navigator.locks?.request(PREFIX, send).catch(send) || send();
  };

  // --- Page views, and what brought the visitor

  let page;

  const touch = (seen) => {
    const came = {};
    new URLSearchParams(location.search).forEach((value, key) => {
      const [, name] = CAMPAIGN.exec(key) || CLICK.exec(key) || [];
      if (name) came[name === "campaign" ? "name" : name] = value.slice(0, 200);
    });
    const { first_touch, last_touch, campaign } = known();
    const named = Object.keys(came).length;
    const from = page.referrer && new URL(page.referrer).host;
    const referrer = from === location.host ? "" : from;
    const moment = { ...came, referrer, path: page.path, at: new Date() };
    keep({
      first_touch: first_touch || moment,
      last_touch: named || referrer ? moment : last_touch,
      campaign: named ? came : Date.now() - seen < VISIT ? campaign : undefined,
    });
  };
  const view = (name, properties) => {
    const { seen } = known();
    leave();
    const referrer = bare(page ? page.url : document.referrer);
    page = { path: location.pathname, url: bare(location.href), referrer, title: document.title, page_id: uuid() };
    deepest = told = engaged = 0;
    touch(seen);
    enter("page", { name, properties: { ...page, ...properties } });
    attend();
    setTimeout(measure, PAUSE); // a page that is still being built looks short
  };
  const look = () => options.spa !== "off" && location.pathname !== page.path && view();
  const follow = (method) => {
    const original = history[method];
    history[method] = function () {
      const result = original.apply(this, arguments);
      setTimeout(safely(look)); // when the application has set its title
      return result;
    };
  };

  // --- Engaged time: visible, focused, and a sign of life within the last minute

  let engaged = 0; // milliseconds not yet told
  let mark = 0; // up to where the clock has been read
  let until = 0; // where attention ends without another sign of life; 0 while there is none
  let deepest = 0; // per cent of the page seen
  let told = 0; // the depth last told

  const count = () => {
    const now = performance.now();
    engaged += Math.max(0, Math.min(now, until) - mark);
    mark = now;
  };
  const measure = () => {
    const depth = (scrollY + innerHeight) / document.documentElement.scrollHeight;
    deepest = Math.max(deepest, Math.min(100, Math.round(depth * 100)));
  };
  const present = () => document.visibilityState === "visible" && document.hasFocus();
  const attend = () => {
    count();
    until = present() ? mark + IDLE : 0;
    if (engaged > BEAT) leave();
  };
  const leave = () => {
    count();
    if (!page || (engaged < 3e3 && deepest <= told)) return;
    const properties = { engaged_ms: Math.round(engaged), scroll_pct: deepest, page_id: page.page_id };
    engaged = 0;
    told = deepest;
    enter("track", { event: "Page Engaged", properties });
  };
  const part = ({ type }) => {
    attend();
    measure();
    if (present() && type !== "pagehide") return;
    until = 0;
    leave();
    send(); // at once: there may be no later
  };

  // --- Clicks and forms that ask for it. What was typed into a form is never read.

  const announce = ({ dataset }) => {
    const { leadlineEvent, leadlineProps } = dataset;
    if (leadlineEvent) api.track(leadlineEvent, JSON.parse(leadlineProps || "{}"));
  };
  const clicked = ({ target }) => {
    const marked = target.closest("[data-leadline-event]:not(form)");
    if (marked) announce(marked);
    const link = target.closest("a[href]");
    if (!link || !/^http/.test(link.protocol) || link.host === location.host) return;
    if ("outbound" in options || link.closest("[data-leadline-outbound]"))
      api.track("Outbound Link Clicked", { host: link.host, url: link.origin + link.pathname });
  };
  const submitted = ({ target }) => {
    announce(target);
    const { leadlineForm } = target.dataset;
    if (leadlineForm === undefined && !("forms" in options)) return;
    // getAttribute, since a field called "id" hides the form's own
    api.track("Form Submitted", { form_id: leadlineForm || target.getAttribute("id") });
  };

  // --- What the page calls

  const track = (event, properties) => {
    look();
    enter("track", { event, properties });
  };
  const identify = (id, traits) => {
    const { userId } = known();
    if (Object(id) === id) (traits = id), (id = "");
    id = String(id || userId || "");
    if (userId && id !== userId) reset(); // somebody else: not the same visitor
    if (id) keep({ userId: id });
    enter("identify", { traits });
  };
  const group = (id, traits) => {
    keep({ groupId: String(id) });
    enter("group", { groupId: String(id), traits });
  };
  const reset = () => {
    const { made, consent } = known(); // in one step: other tabs look whether there is consent
    put(VISITOR, JSON.stringify({ made, consent }));
  };

  const start = () => {
    const methods = { track, page: view, identify, group, reset, consent };
    for (const name in methods) api[name] = safely(methods[name]);
    decide();
    // A refusal has to come before the first page view; whatever else was called belongs to it.
    const calls = [["page"], ...api.splice(0)].sort(([name], [other]) => (other === "consent") - (name === "consent"));
    api.push = (...calls) => calls.forEach(safely(([name, ...values]) => methods[name](...values)));
    api.push(...calls);
    ["pushState", "replaceState"].forEach(follow);
    listen("popstate", () => setTimeout(safely(look)));
    listen("pageshow", (event) => event.persisted && view()); // back from the browser's memory
    listen("pointerdown pointermove keydown wheel scroll touchstart focus", attend);
    listen("scroll", measure);
    listen("blur pagehide visibilitychange", part);
    listen("click auxclick", clicked);
    listen("submit", submitted);
    listen("online", flush);
    listen("storage", ({ key }) => (key === VISITOR || !key) && decide()); // another tab was told
  };
  document.prerendering ? listen("prerenderingchange", start) : safely(start)();
})();
