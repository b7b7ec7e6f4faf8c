"""What the server adds to an accepted event."""

from typing import Any

from starlette.requests import Request

from conformance.reference import agents, timestamps


class Enrichment:
    """The enrichment clauses, one method each."""

    def enrich(self, event: dict[str, Any], request: Request, /) -> dict[str, Any]:
        """Complete an event; what the server knows better replaces what the client claims."""
        return {
            **event,
            **self.geo(event, request),
            **self.device(event, request),
            "shopping_channel": self.channel(event, request),
            "contextual_data": self.contextual_data(event),
            **({"timestamp": self.utc(event["timestamp"])} if "timestamp" in event else {}),
        }

    def geo(self, _event: dict[str, Any], _request: Request, /) -> dict[str, Any]:
        """Place the visitor. There is no edge network around a loopback server, so everybody is in one place."""
        return {"geo_country": "NL", "geo_state": "NH", "geo_city": "Amsterdam"}

    def device(self, _event: dict[str, Any], request: Request, /) -> dict[str, Any]:
        """Describe the visitor's device by its ``User-Agent``."""
        agent = self.user_agent(request)
        return {
            "device_type": agents.device_type(agent),
            "browser": agents.browser(agent),
            "os": agents.system(agent),
        }

    def channel(self, event: dict[str, Any], request: Request, /) -> str:
        """Settle the channel: the event's own word, else an app's header, else the ``User-Agent``, else web."""
        return self.own_channel(event) or self.header_channel(request) or self.agent_channel(request) or "web"

    def own_channel(self, event: dict[str, Any]) -> str | None:
        """Take the event's own word."""
        return event.get("shopping_channel")

    def header_channel(self, request: Request) -> str | None:
        """Recognise an app builder in ``X-Requested-With``, anywhere in it and in any case."""
        requested_with = ",".join(request.headers.getlist("X-Requested-With")).lower()
        return "app" if any(name in requested_with for name in self.app_names()) else None

    def app_names(self) -> tuple[str, ...]:
        """Name the app builders, in lower case."""
        return ("tapcart", "fuego")

    def agent_channel(self, request: Request) -> str | None:
        """Recognise an app by its ``User-Agent``."""
        return "app" if agents.is_app(self.user_agent(request)) else None

    def user_agent(self, request: Request) -> str:
        """Read the ``User-Agent``; empty when there is none."""
        return request.headers.get("User-Agent", "")

    def utc(self, value: Any) -> Any:
        """Convert a timestamp to UTC; what no parser reads stays as it is."""
        moment = timestamps.parse(value) if isinstance(value, str) else None
        return value if moment is None else timestamps.utc_text(moment)

    def contextual_data(self, event: dict[str, Any]) -> Any:
        """Keep the free-form object; an absent one is an empty one."""
        return event.get("contextual_data", {})
