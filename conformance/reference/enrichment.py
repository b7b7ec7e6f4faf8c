"""What the server adds to an accepted event."""

from typing import Any

from starlette.requests import Request

from conformance.reference import agents, timestamps


class Enrichment:
    """The clauses about enrichment, one method for each."""

    def enrich(self, event: dict[str, Any], request: Request, /) -> dict[str, Any]:
        """Return an event with the server's fields, which replace the client's."""
        return {
            **event,
            **self.geo(event, request),
            **self.device(event, request),
            "shopping_channel": self.channel(event, request),
            "contextual_data": self.contextual_data(event),
            **({"timestamp": self.utc(event["timestamp"])} if "timestamp" in event else {}),
        }

    def geo(self, _event: dict[str, Any], _request: Request, /) -> dict[str, Any]:
        """Return the visitor's place. A loopback server has no edge network, so every visitor has the same place."""
        return {"geo_country": "NL", "geo_state": "NH", "geo_city": "Amsterdam"}

    def device(self, _event: dict[str, Any], request: Request, /) -> dict[str, Any]:
        """Return the visitor's device by its ``User-Agent``."""
        agent = self.user_agent(request)
        return {
            "device_type": agents.device_type(agent),
            "browser": agents.browser(agent),
            "os": agents.system(agent),
        }

    def channel(self, event: dict[str, Any], request: Request, /) -> str:
        """Return the channel: the event's own, else by an app's header, else by the ``User-Agent``, else web."""
        return self.own_channel(event) or self.header_channel(request) or self.agent_channel(request) or "web"

    def own_channel(self, event: dict[str, Any]) -> str | None:
        """Return the event's own channel."""
        return event.get("shopping_channel")

    def header_channel(self, request: Request) -> str | None:
        """Return app if ``X-Requested-With`` contains the name of an app builder, in any case."""
        requested_with = ",".join(request.headers.getlist("X-Requested-With")).lower()
        return "app" if any(name in requested_with for name in self.app_names()) else None

    def app_names(self) -> tuple[str, ...]:
        """Return the names of the app builders, in lower case."""
        return ("tapcart", "fuego")

    def agent_channel(self, request: Request) -> str | None:
        """Return app if the ``User-Agent`` is an app's."""
        return "app" if agents.is_app(self.user_agent(request)) else None

    def user_agent(self, request: Request) -> str:
        """Return the ``User-Agent``, or an empty text without that header."""
        return request.headers.get("User-Agent", "")

    def utc(self, value: Any) -> Any:
        """Convert a timestamp to UTC; a value that cannot be parsed stays as it is."""
        moment = timestamps.parse(value) if isinstance(value, str) else None
        return value if moment is None else timestamps.utc_text(moment)

    def contextual_data(self, event: dict[str, Any]) -> Any:
        """Return the free-form object, or an empty one if it is absent."""
        return event.get("contextual_data", {})
