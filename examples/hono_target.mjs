// A conforming POST /beacon with Hono on Node: its cors middleware for browsers, ingestion after the answer.
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { parseArgs } from "node:util";

// A Map and not an object: an object also finds "constructor" and "__proto__".
const STORES = new Map([
  ["example-token-of-store-a", { origins: ["https://shop.example", "https://checkout.shop.example:8443"], ingested: [] }],
  ["example-token-of-store-b", { origins: ["https://second-shop.example"], ingested: [] }],
]);

const app = new Hono();
app.use(
  "/beacon",
  cors({
    origin: [...STORES.values()].flatMap((store) => store.origins),
    credentials: true,
    allowMethods: ["POST"],
    allowHeaders: ["Content-Type", "X-Storefront-Access-Token"],
  }),
);

/** Finds the store; a header wins over the query. It comes after cors, which answers preflights: they carry no token. */
app.use(async (context, next) => {
  const store = STORES.get(context.req.header("X-Storefront-Access-Token") ?? context.req.query("token"));
  if (!store) return context.json({ error: "Unauthenticated" }, 401);
  context.set("store", store);
  await next();
});

/** Accepts a batch. The body is read as text, whatever the content type is. */
app.post(
  "/beacon",
  bodyLimit({ maxSize: 8 << 20, onError: (context) => refuse(context, "The body is too large.", 413) }),
  async (context) => {
    let body;
    try {
      body = JSON.parse(await context.req.text());
    } catch {
      return refuse(context, "The body must be valid JSON.");
    }
    const events = body?.events;
    if (!Array.isArray(events)) return refuse(context, "The body must be an object with an array of events.");
    if (events.length < 1 || events.length > 100) return refuse(context, "There must be 1 to 100 events.");
    setImmediate(ingest, context.get("store"), events, context.req.header());
    return context.json(null, 201);
  },
);

/** Shows the stored events. */
app.get("/events", (context) => {
  const since = Date.parse(context.req.query("since") ?? "1970-01-01T00:00:00Z");
  const session = context.req.query("session_id");
  const stored = context.get("store").ingested;
  const shown = stored.filter((one) => one.at >= since && (!session || one.session === session));
  return context.body(`[${shown.map((one) => one.text)}]`, 200, { "Content-Type": "application/json" });
});

function refuse(context, reason, status = 422) {
  return context.json({ errors: [reason] }, status);
}

const isText = (value) => typeof value === "string";
const isName = (value) => isText(value) && value !== "";
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const CHECKS = {
  event_id: isName,
  session_id: isName,
  collection_handle: isName,
  attribution_token: isText,
  query: isText,
  marketing_source: isText,
  marketing_medium: isText,
  marketing_campaign: isText,
  product_id: Number.isFinite,
  variant_id: Number.isFinite,
  position: (value) => Number.isFinite(value) && value >= 1,
  timestamp: (value) => isText(value) && !Number.isNaN(Date.parse(value)),
  customer_id: (value) => value === null || isText(value),
  shopping_channel: (value) => value === "web" || value === "app",
  contextual_data: isObject,
};
const ON_A_LIST = ["product_id", "position"];
const NEEDED = new Map([
  ["product_view", ["product_id"]],
  ["add_to_cart", ["product_id"]],
  ["product_click", ON_A_LIST],
  ["product_impression", ON_A_LIST],
  ["product_hover", ON_A_LIST],
  ["product_touch", ON_A_LIST],
  ["collection_view", ["collection_handle"]],
  ["search", []],
  ["block_view", []],
]);

function isValid(event) {
  if (!isObject(event) || !NEEDED.has(event.event_type)) return false;
  const needed = ["event_id", "timestamp", "session_id", ...NEEDED.get(event.event_type)];
  return (
    needed.every((name) => Object.hasOwn(event, name)) &&
    Object.entries(CHECKS).every(([name, check]) => !Object.hasOwn(event, name) || check(event[name]))
  );
}

/** Adds the fields that the server knows; they replace the client's values, except for the channel. */
function enriched(event, headers) {
  const agent = headers["user-agent"] ?? "";
  const named = (...names) => names.find((name) => agent.includes(name)) ?? "Other";
  return {
    shopping_channel: /tapcart|fuego/i.test(headers["x-requested-with"] ?? "") ? "app" : "web",
    contextual_data: {},
    ...event,
    timestamp: new Date(event.timestamp).toISOString(),
    geo_country: null,
    geo_state: null,
    geo_city: null,
    device_type: agent.includes("Mobi") ? "mobile" : "desktop",
    browser: named("Firefox", "Chrome", "Safari"),
    os: named("Android", "iPhone", "Windows", "Mac"),
  };
}

/** Stores valid events as text, and skips the others silently. */
function ingest(store, events, headers) {
  const at = Date.now();
  for (const event of events.filter(isValid)) {
    try {
      store.ingested.push({ at, session: event.session_id, text: JSON.stringify(enriched(event, headers)) });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // nested too deep to be written: skipped as well
    }
  }
}

const { values } = parseArgs({ options: { port: { type: "string", default: "8080" } } });
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(values.port) });
