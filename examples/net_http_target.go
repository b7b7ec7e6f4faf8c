// A conforming POST /beacon with Go's standard library alone: net/http, and a goroutine for ingestion.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"sync"
	"time"
)

// event is an event as it was sent; numbers keep their digits (json.Number).
type event = map[string]any

// store is a tenant with its stored events.
type store struct {
	origins  []string
	mutex    sync.Mutex
	ingested []ingested
}

type ingested struct {
	at    time.Time
	event event
}

// batch is what the queue takes: the entries of one accepted request.
type batch struct {
	store   *store
	entries []any
	header  http.Header
}

var (
	stores = map[string]*store{
		"example-token-of-store-a": {origins: []string{"https://shop.example", "https://checkout.shop.example:8443"}},
		"example-token-of-store-b": {origins: []string{"https://second-shop.example"}},
	}
	queue = make(chan batch, 1000)
)

const mostBytes = 8 << 20

// caller finds the store; a header wins over the query.
func caller(request *http.Request) *store {
	if given := request.Header.Values("X-Storefront-Access-Token"); len(given) > 0 {
		return stores[given[0]]
	}
	return stores[request.URL.Query().Get("token")]
}

// beacon accepts a batch.
func beacon(answer http.ResponseWriter, request *http.Request) {
	reflectOrigin(answer, request)
	if request.Method == http.MethodOptions { // a preflight never carries the token header
		answer.WriteHeader(http.StatusNoContent)
		return
	}
	if request.Method != http.MethodPost {
		answer.Header().Set("Allow", "POST, OPTIONS")
		write(answer, http.StatusMethodNotAllowed, event{"error": "Method Not Allowed"})
		return
	}
	from := caller(request)
	if from == nil {
		write(answer, http.StatusUnauthorized, event{"error": "Unauthenticated"})
		return
	}
	entries, err := read(http.MaxBytesReader(answer, request.Body, mostBytes))
	if err != nil {
		write(answer, http.StatusUnprocessableEntity, event{"errors": []string{err.Error()}})
		return
	}
	queue <- batch{from, entries, request.Header.Clone()}
	write(answer, http.StatusCreated, nil)
}

// reflectOrigin lets a page of an allowed origin read the answer, and send its request after a preflight.
func reflectOrigin(answer http.ResponseWriter, request *http.Request) {
	header := answer.Header()
	header.Add("Vary", "Origin")
	origin := request.Header.Get("Origin")
	for _, each := range stores {
		for _, allowed := range each.origins {
			if origin == allowed {
				header.Set("Access-Control-Allow-Origin", origin)
				header.Set("Access-Control-Allow-Credentials", "true")
				header.Set("Access-Control-Allow-Methods", "POST")
				header.Set("Access-Control-Allow-Headers", "Content-Type, X-Storefront-Access-Token")
			}
		}
	}
}

// read returns the entries of a body. It reads into an interface, not into a struct: encoding/json folds the case of a
// struct's members, and would take "Events" for "events".
func read(body io.Reader) ([]any, error) {
	decoder := json.NewDecoder(body)
	decoder.UseNumber()
	var content any
	if decoder.Decode(&content) != nil {
		return nil, errors.New("the body must be valid JSON")
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("the body must be one JSON value")
	}
	members, _ := content.(event)
	entries, isArray := members["events"].([]any)
	if !isArray {
		return nil, errors.New("the body must be an object with an array of events")
	}
	if len(entries) < 1 || len(entries) > 100 {
		return nil, errors.New("there must be 1 to 100 events")
	}
	return entries, nil
}

func write(answer http.ResponseWriter, status int, content any) {
	body, err := json.Marshal(content)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"error": "Internal Server Error"}`)
	}
	answer.Header().Set("Content-Type", "application/json")
	answer.WriteHeader(status)
	_, _ = answer.Write(body)
}

// show answers with the stored events of one store.
func show(answer http.ResponseWriter, request *http.Request) {
	from := caller(request)
	if from == nil {
		write(answer, http.StatusUnauthorized, event{"error": "Unauthenticated"})
		return
	}
	since, _ := time.Parse(time.RFC3339, request.URL.Query().Get("since"))
	session := request.URL.Query().Get("session_id")
	found := []event{}
	from.mutex.Lock()
	for _, each := range from.ingested {
		if !each.at.Before(since) && (session == "" || each.event["session_id"] == session) {
			found = append(found, each.event)
		}
	}
	from.mutex.Unlock()
	write(answer, http.StatusOK, found)
}

func isText(value any) bool { _, is := value.(string); return is }

func isName(value any) bool { return isText(value) && value != "" }

func isNumber(value any) bool { _, is := value.(json.Number); return is }

func isPlace(value any) bool {
	number, isNumber := value.(json.Number)
	if !isNumber {
		return false
	}
	place, err := number.Float64()
	return err == nil && place >= 1
}

// asUTC converts ISO 8601 or an HTTP date to UTC.
func asUTC(value any) (string, error) {
	text, isText := value.(string)
	if !isText {
		return "", errors.New("not a string")
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02"} {
		if moment, err := time.Parse(form, text); err == nil {
			return moment.UTC().Format(time.RFC3339Nano), nil
		}
	}
	moment, err := http.ParseTime(text)
	return moment.UTC().Format(time.RFC3339Nano), err
}

var (
	onAList = []string{"product_id", "position"}
	needed  = map[string][]string{
		"product_view": {"product_id"}, "add_to_cart": {"product_id"},
		"product_click": onAList, "product_impression": onAList, "product_hover": onAList, "product_touch": onAList,
		"collection_view": {"collection_handle"},
		"search":          {}, "block_view": {},
	}
	checks = map[string]func(any) bool{
		"event_id": isName, "session_id": isName, "collection_handle": isName,
		"attribution_token": isText, "query": isText,
		"marketing_source": isText, "marketing_medium": isText, "marketing_campaign": isText,
		"product_id": isNumber, "variant_id": isNumber, "position": isPlace,
		"timestamp":        func(value any) bool { _, err := asUTC(value); return err == nil },
		"customer_id":      func(value any) bool { return value == nil || isText(value) },
		"shopping_channel": func(value any) bool { return value == "web" || value == "app" },
		"contextual_data":  func(value any) bool { _, is := value.(event); return is },
	}
)

func isValid(found event) bool {
	kind, _ := found["event_type"].(string)
	fields, isKnown := needed[kind]
	if !isKnown {
		return false
	}
	for _, name := range append([]string{"event_id", "timestamp", "session_id"}, fields...) {
		if _, isThere := found[name]; !isThere {
			return false
		}
	}
	for name, value := range found {
		if check, isKnown := checks[name]; isKnown && !check(value) {
			return false
		}
	}
	return true
}

// enrich adds the fields that the server knows; they replace the client's values, except for the channel.
func enrich(found event, header http.Header) {
	agent, app := header.Get("User-Agent"), strings.ToLower(header.Get("X-Requested-With"))
	if _, isThere := found["shopping_channel"]; !isThere {
		found["shopping_channel"] = "web"
		if strings.Contains(app, "tapcart") || strings.Contains(app, "fuego") {
			found["shopping_channel"] = "app"
		}
	}
	if _, isThere := found["contextual_data"]; !isThere {
		found["contextual_data"] = event{}
	}
	found["timestamp"], _ = asUTC(found["timestamp"])
	found["geo_country"], found["geo_state"], found["geo_city"] = nil, nil, nil
	found["device_type"] = "desktop"
	if strings.Contains(agent, "Mobi") {
		found["device_type"] = "mobile"
	}
	found["browser"] = named(agent, "Firefox", "Chrome", "Safari")
	found["os"] = named(agent, "Android", "iPhone", "Windows", "Mac")
}

func named(agent string, names ...string) string {
	for _, name := range names {
		if strings.Contains(agent, name) {
			return name
		}
	}
	return "Other"
}

// ingest processes the queue: it stores valid events, and skips the others silently.
func ingest() {
	for accepted := range queue {
		now, stored := time.Now(), []ingested{}
		for _, entry := range accepted.entries {
			if found, isObject := entry.(event); isObject && isValid(found) {
				enrich(found, accepted.header)
				stored = append(stored, ingested{now, found})
			}
		}
		accepted.store.mutex.Lock()
		accepted.store.ingested = append(accepted.store.ingested, stored...)
		accepted.store.mutex.Unlock()
	}
}

func main() {
	port := flag.Int("port", 8080, "")
	flag.Parse()
	go ingest()
	http.HandleFunc("/beacon", beacon)
	http.HandleFunc("/events", show)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), nil))
}
