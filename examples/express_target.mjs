// A conforming POST /beacon with Express: express.json for bodies, cors for browsers, ingestion after the answer.
import cors from "cors";
import express from "express";
import { parseArgs } from "node:util";

// A Map and not an object: an object also finds "constructor" and "__proto__".
const STORES = new Map([
  ["example-token-of-store-a", { origins: ["https://shop.example", "https://checkout.shop.example:8443"], ingested: [] }],
  ["example-token-of-store-b", { origins: ["https://second-shop.example"], ingested: [] }],
]);

const app = express();
app.use(
  "/beacon",
  cors({
    origin: [...STORES.values()].flatMap((store) => store.origins),
    credentials: true,
    methods: ["POST"],
    allowedHeaders: ["Content-Type", "X-Storefront-Access-Token"],
  }),
);

/** Finds the store; a header wins over the query. It runs before the body is read: without a token no body matters. */
app.use((request, response, next) => {
  request.store = STORES.get(request.get("X-Storefront-Access-Token") ?? request.query.token);
  if (!request.store) return response.status(401).json({ error: "Unauthenticated" });
  next();
});

/** Accepts a batch. Whatever the content type is, the body is JSON; "strict" would refuse some JSON with a 400. */
app.post("/beacon", express.json({ type: () => true, strict: false, limit: "8mb" }), (request, response) => {
  const events = request.body?.events;
  if (!Array.isArray(events)) return refuse(response, "The body must be an object with an array of events.");
  if (events.length < 1 || events.length > 100) return refuse(response, "There must be 1 to 100 events.");
  response.status(201).json(null);
  setImmediate(ingest, request.store, events, request.headers);
});

/** Shows the stored events. */
app.get("/events", (request, response) => {
  const since = Date.parse(request.query.since ?? "1970-01-01T00:00:00Z");
  const session = request.query.session_id;
  const shown = request.store.ingested.filter((one) => one.at >= since && (!session || one.session === session));
  response.type("json").send(`[${shown.map((one) => one.text)}]`);
});

/** Answers what express.json refuses in the form of the contract, and not with a page. */
app.use((error, _request, response, next) => {
  if (response.headersSent || !(error.status < 500)) return next(error);
  refuse(response, "The body must be valid JSON.", error.status === 400 ? 422 : error.status);
});

function refuse(response, reason, status = 422) {
  response.status(status).json({ errors: [reason] });
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
app.listen(Number(values.port), "127.0.0.1");
