<?php
// A conforming POST /beacon with PHP alone, as a router of its built-in server. Several processes answer at once, and share
// no memory: so stored events are lines of a file for each store, and every process locks it.

declare(strict_types=1);

const STORES = [
    'example-token-of-store-a' => ['https://shop.example', 'https://checkout.shop.example:8443'],
    'example-token-of-store-b' => ['https://second-shop.example'],
];
const ON_A_LIST = ['product_id', 'position'];
const NEEDED = [
    'product_view' => ['product_id'],
    'add_to_cart' => ['product_id'],
    'product_click' => ON_A_LIST,
    'product_impression' => ON_A_LIST,
    'product_hover' => ON_A_LIST,
    'product_touch' => ON_A_LIST,
    'collection_view' => ['collection_handle'],
    'search' => [],
    'block_view' => [],
];
const DEPTH = 500;

/** Decodes a parameter of the query. $_GET would not do: it takes "token[]" and " token" for the same name. */
function parameter(string $name): ?string
{
    foreach (explode('&', $_SERVER['QUERY_STRING'] ?? '') as $pair) {
        [$key, $value] = explode('=', $pair, 2) + [1 => ''];
        if (urldecode($key) === $name) {
            return urldecode($value);
        }
    }
    return null;
}

/** Finds the token of a store; a header wins over the query. An array's keys are looked up, never compared with ==. */
function caller(array $headers): ?string
{
    $token = $headers['x-storefront-access-token'] ?? parameter('token');
    return $token !== null && isset(STORES[$token]) ? $token : null;
}

function answer(int $status, mixed $content): never
{
    http_response_code($status);
    header('Content-Type: application/json');
    echo is_string($content) ? $content : json_encode($content);
    exit;
}

/** Decodes JSON into objects, since an array is the same for {} and []. Null means that it is not JSON. */
function decoded(string $text): mixed
{
    $found = json_decode($text, false, DEPTH);
    if (in_array(json_last_error(), [JSON_ERROR_UTF16, JSON_ERROR_INVALID_PROPERTY_NAME], true)) {
        // PHP refuses two kinds of legal text, a lone surrogate and a name that begins with NUL. One such entry must not cost
        // its neighbours, so both are replaced.
        $text = preg_replace_callback(
            '/(?<=[^\\\\]")\\\\u0000(*:bad)|\\\\ud[89ab]..\\\\ud[c-f]..|\\\\ud[89a-f]..(*:bad)|\\\\./is',
            fn (array $escape): string => isset($escape['MARK']) ? '\\ufffd' : $escape[0],
            $text,
        );
        $found = json_decode($text, false, DEPTH);
    }
    return $found;
}

/** Converts ISO 8601 or an HTTP date to UTC. DateTimeImmutable alone would also accept "tomorrow" and "Monday". */
function as_utc(mixed $text): ?string
{
    $iso = '/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/D';
    $http = '/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/D';
    if (!is_string($text) || !(preg_match($iso, $text) || preg_match($http, $text))) {
        return null;
    }
    try {
        $moment = new DateTimeImmutable($text, new DateTimeZone('UTC'));
    } catch (Exception) {
        return null;
    }
    return $moment->setTimezone(new DateTimeZone('UTC'))->format('Y-m-d\TH:i:s.v\Z');
}

function is_number(mixed $value): bool
{
    return is_int($value) || (is_float($value) && is_finite($value));
}

function is_valid(mixed $event): bool
{
    if (!$event instanceof stdClass || !is_string($event->event_type ?? null) || !isset(NEEDED[$event->event_type])) {
        return false;
    }
    foreach (['event_id', 'timestamp', 'session_id', ...NEEDED[$event->event_type]] as $name) {
        if (!property_exists($event, $name)) {
            return false;
        }
    }
    foreach (get_object_vars($event) as $name => $value) {
        $is_right = match ($name) {
            'event_id', 'session_id', 'collection_handle' => is_string($value) && $value !== '',
            'attribution_token', 'query', 'marketing_source', 'marketing_medium', 'marketing_campaign' => is_string($value),
            'product_id', 'variant_id' => is_number($value),
            'position' => is_number($value) && $value >= 1,
            'timestamp' => as_utc($value) !== null,
            'customer_id' => $value === null || is_string($value),
            'shopping_channel' => $value === 'web' || $value === 'app',
            'contextual_data' => $value instanceof stdClass,
            default => true,
        };
        if (!$is_right) {
            return false;
        }
    }
    return true;
}

function named(string $agent, string ...$names): string
{
    foreach ($names as $name) {
        if (str_contains($agent, $name)) {
            return $name;
        }
    }
    return 'Other';
}

/** Adds the fields that the server knows; they replace the client's values, except for the channel. */
function enrich(stdClass $event, array $headers): void
{
    $agent = $headers['user-agent'] ?? '';
    $event->shopping_channel ??= preg_match('/tapcart|fuego/i', $headers['x-requested-with'] ?? '') ? 'app' : 'web';
    $event->contextual_data ??= new stdClass();
    $event->timestamp = as_utc($event->timestamp);
    $event->geo_country = $event->geo_state = $event->geo_city = null;
    $event->device_type = str_contains($agent, 'Mobi') ? 'mobile' : 'desktop';
    $event->browser = named($agent, 'Firefox', 'Chrome', 'Safari');
    $event->os = named($agent, 'Android', 'iPhone', 'Windows', 'Mac');
}

/** Returns the file with the stored events of a store. */
function file_of(string $token): string
{
    return sys_get_temp_dir() . "/beacon-events-{$_SERVER['SERVER_PORT']}-" . md5($token);
}

/** Stores valid events, and skips the others silently. */
function ingest(string $token, array $events, array $headers): void
{
    $lines = '';
    foreach (array_filter($events, is_valid(...)) as $event) {
        enrich($event, $headers);
        $text = json_encode($event); // false for what JSON cannot carry, such as 1e999
        $lines .= $text === false ? '' : json_encode([microtime(true), $event->session_id]) . "\t$text\n";
    }
    file_put_contents(file_of($token), $lines, FILE_APPEND | LOCK_EX);
}

/** Returns the stored events of a store as JSON. */
function ingested(string $token): string
{
    $since = (float) (new DateTimeImmutable(parameter('since') ?? '@0'))->format('U.u');
    $session = parameter('session_id') ?? '';
    $shown = [];
    if (is_file(file_of($token)) && $file = fopen(file_of($token), 'r')) {
        flock($file, LOCK_SH);
        while (($line = fgets($file)) !== false) {
            [$about, $text] = explode("\t", rtrim($line, "\n"), 2);
            [$at, $of] = json_decode($about);
            if ($at >= $since && ($session === '' || $of === $session)) {
                $shown[] = $text;
            }
        }
        fclose($file);
    }
    return '[' . implode(',', $shown) . ']';
}

$headers = array_change_key_case(getallheaders());
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$origin = $headers['origin'] ?? '';

header('Vary: Origin');
if (in_array($origin, array_merge(...array_values(STORES)), true)) {
    header("Access-Control-Allow-Origin: $origin");
    header('Access-Control-Allow-Credentials: true');
    header('Access-Control-Allow-Methods: POST');
    header('Access-Control-Allow-Headers: Content-Type, X-Storefront-Access-Token');
}
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') { // a preflight never carries the token header
    http_response_code(204);
    exit;
}
$token = caller($headers);
if ($token === null) {
    answer(401, ['error' => 'Unauthenticated']);
}
if ($_SERVER['REQUEST_METHOD'] === 'GET' && $path === '/events') {
    answer(200, ingested($token));
}
if ($_SERVER['REQUEST_METHOD'] !== 'POST' || $path !== '/beacon') {
    answer(404, ['error' => 'Not Found']);
}
$events = decoded(file_get_contents('php://input'))->events ?? null;
if (!is_array($events)) {
    answer(422, ['errors' => ['The body must be an object with an array of events.']]);
}
if (count($events) < 1 || count($events) > 100) {
    answer(422, ['errors' => ['There must be 1 to 100 events.']]);
}
ingest($token, $events, $headers);
answer(201, null);
