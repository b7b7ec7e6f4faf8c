# frozen_string_literal: true

# A conforming POST /beacon with Sinatra on Puma: filters for authentication and browsers, a queue and a thread for ingestion.

require "json"
require "optparse"
require "sinatra/base"
require "time"

# A tenant with its stored events.
Store = Struct.new(:origins, :ingested)

STORES = {
  "example-token-of-store-a" => Store.new(["https://shop.example", "https://checkout.shop.example:8443"], []),
  "example-token-of-store-b" => Store.new(["https://second-shop.example"], [])
}.freeze
ORIGINS = STORES.values.flat_map(&:origins).freeze
QUEUE = Queue.new
LOCK = Mutex.new
DEPTH = { max_nesting: 500 }.freeze # a hundred, by default: and one event would cost its batch

TEXT = ->(value) { value.is_a?(String) }
NAME = ->(value) { value.is_a?(String) && !value.empty? }
NUMBER = ->(value) { value.is_a?(Integer) || (value.is_a?(Float) && value.finite?) }
CHECKS = {
  **%w[event_id session_id collection_handle].to_h { |name| [name, NAME] },
  **%w[attribution_token query marketing_source marketing_medium marketing_campaign].to_h { |name| [name, TEXT] },
  **%w[product_id variant_id].to_h { |name| [name, NUMBER] },
  "position" => ->(value) { NUMBER.call(value) && value >= 1 },
  "timestamp" => ->(value) { as_utc(value) },
  "customer_id" => ->(value) { value.nil? || TEXT.call(value) },
  "shopping_channel" => ->(value) { %w[web app].include?(value) },
  "contextual_data" => ->(value) { value.is_a?(Hash) }
}.freeze
NEEDED = {
  **%w[product_view add_to_cart].to_h { |type| [type, %w[product_id]] },
  **%w[product_click product_impression product_hover product_touch].to_h { |type| [type, %w[product_id position]] },
  "collection_view" => %w[collection_handle],
  "search" => [],
  "block_view" => []
}.freeze

LONE_SURROGATE = /(\\ud[89ab]..\\ud[c-f]..|\\(?!ud[89a-f]).)|\\ud[89a-f]../inm

# Read JSON. Ruby refuses legal text with a lone surrogate: so that such an entry does not cost its neighbours, it is replaced.
def read_json(text)
  JSON.parse(text.dup.force_encoding("UTF-8"), DEPTH)
rescue JSON::ParserError
  JSON.parse(text.gsub(LONE_SURROGATE) { Regexp.last_match(1) || '\ufffd' }.force_encoding("UTF-8"), DEPTH)
end

# Convert ISO 8601 or an HTTP date to UTC, and anything else to nil. Time.parse would also accept "Monday".
def as_utc(text)
  return unless text.is_a?(String)

  moment = begin
    Time.iso8601(text)
  rescue ArgumentError
    Time.httpdate(text)
  end
  moment.utc.iso8601(3)
rescue ArgumentError
  nil
end

def valid?(event)
  return false unless event.is_a?(Hash) && (needed = NEEDED[event["event_type"]])
  return false unless ["event_id", "timestamp", "session_id", *needed].all? { |name| event.key?(name) }

  event.all? { |name, value| !CHECKS.key?(name) || CHECKS[name].call(value) }
end

# Add the fields that the server knows; they replace the client's values, except for the channel.
def enriched(event, agent, app)
  named = ->(*names) { names.find { |name| agent.include?(name) } || "Other" }
  {
    "shopping_channel" => app.match?(/tapcart|fuego/i) ? "app" : "web",
    "contextual_data" => {},
    **event,
    "timestamp" => as_utc(event["timestamp"]),
    **%w[geo_country geo_state geo_city].to_h { |name| [name, nil] },
    "device_type" => agent.include?("Mobi") ? "mobile" : "desktop",
    "browser" => named.call("Firefox", "Chrome", "Safari"),
    "os" => named.call("Android", "iPhone", "Windows", "Mac")
  }
end

# Process the queue: store valid events as text, and skip the others silently.
def ingest
  loop do
    store, events, agent, app = QUEUE.pop
    events.select { |event| valid?(event) }.each do |event|
      text = JSON.generate(enriched(event, agent, app), DEPTH)
      LOCK.synchronize { store.ingested << [Time.now, event["session_id"], text] }
    rescue JSON::JSONError
      next # Ruby reads a lone surrogate but cannot write it: that event is skipped, and no other
    end
  end
end

# Answers requests.
class Beacon < Sinatra::Base
  configure do
    disable :logging, :show_exceptions, :raise_errors
    set :environment, :production
    set :server, :puma
    set :server_settings, Silent: true, Threads: "0:8"
  end

  helpers do
    # Decode a parameter of the query. Sinatra's params would not do: they hold the fields of a form, too.
    def parameter(name)
      Rack::Utils.parse_query(request.query_string)[name]
    rescue ArgumentError
      nil # a percent sign without two digits
    end

    # Find the store; a header wins over the query.
    def store
      STORES[request.get_header("HTTP_X_STOREFRONT_ACCESS_TOKEN") || parameter("token")]
    end

    def answer(status, content)
      content_type :json
      halt status, JSON.generate(content)
    end

    def refuse(reason)
      answer 422, errors: [reason]
    end
  end

  before do
    origin = request.get_header("HTTP_ORIGIN")
    headers "Vary" => "Origin"
    if ORIGINS.include?(origin)
      headers "Access-Control-Allow-Origin" => origin, "Access-Control-Allow-Credentials" => "true",
              "Access-Control-Allow-Methods" => "POST",
              "Access-Control-Allow-Headers" => "Content-Type, X-Storefront-Access-Token"
    end
    # A preflight never carries the token header.
    answer 401, error: "Unauthenticated" unless request.options? || store
  end

  options "/beacon" do
    204
  end

  post "/beacon" do
    request.body.rewind if request.body.respond_to?(:rewind) # Sinatra has read it, if the content type is that of a form
    body = begin
      read_json(request.body.read)
    rescue JSON::ParserError
      refuse "The body must be valid JSON."
    end
    events = body["events"] if body.is_a?(Hash)
    refuse "The body must be an object with an array of events." unless events.is_a?(Array)
    refuse "There must be 1 to 100 events." unless events.length.between?(1, 100)
    QUEUE << [store, events, request.user_agent.to_s, request.get_header("HTTP_X_REQUESTED_WITH").to_s]
    answer 201, nil
  end

  get "/events" do
    since = Time.iso8601(parameter("since") || "1970-01-01T00:00:00Z")
    session = parameter("session_id")
    stored = LOCK.synchronize { store.ingested.dup }
    shown = stored.select { |at, of, _| at >= since && (session.to_s.empty? || of == session) }
    content_type :json
    "[#{shown.map(&:last).join(',')}]"
  end
end

options = { port: 8080 }
OptionParser.new { |parser| parser.on("--port PORT", Integer) { |port| options[:port] = port } }.parse!
Thread.new { ingest }
Beacon.run!(bind: "127.0.0.1", port: options[:port], quiet: true)
