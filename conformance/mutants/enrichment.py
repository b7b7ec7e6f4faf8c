"""Mutants of chapter enrichment."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request

from conformance.mutants.declaring import mutant
from conformance.reference import Rules
from conformance.requirements import enrichment as clause

Event = dict[str, Any]


@mutant(clause.GEO_FILLED, clause.GEO_NOT_TRUSTED)
class NoPlace(Rules):
    """The geo fields are not filled in."""

    def geo(self, _event: Event, _request: Request, /) -> Event:
        return {}


@mutant(clause.GEO_FILLED, clause.GEO_NOT_TRUSTED)
class NoState(Rules):
    """geo_state is not filled in."""

    def geo(self, event: Event, request: Request, /) -> Event:
        return {key: value for key, value in super().geo(event, request).items() if key != "geo_state"}


@mutant(clause.DEVICE_FILLED, clause.DEVICE_NOT_TRUSTED)
class NoDevice(Rules):
    """The device fields are not filled in."""

    def device(self, _event: Event, _request: Request, /) -> Event:
        return {}


@mutant(clause.DEVICE_FILLED)
class SystemUnknown(Rules):
    """os is always null."""

    def device(self, event: Event, request: Request, /) -> Event:
        return {**super().device(event, request), "os": None}


@mutant(clause.GEO_NOT_TRUSTED)
class PlaceIsTrusted(Rules):
    """A client's own geo fields are stored."""

    def geo(self, event: Event, request: Request, /) -> Event:
        return {key: event.get(key, value) for key, value in super().geo(event, request).items()}


@mutant(clause.DEVICE_NOT_TRUSTED)
class DeviceIsTrusted(Rules):
    """A client's own device fields are stored."""

    def device(self, event: Event, request: Request, /) -> Event:
        return {key: event.get(key, value) for key, value in super().device(event, request).items()}


@mutant(clause.CHANNEL_OWN)
class HeaderWinsOverTheEvent(Rules):
    """An app's header overrides the event's own shopping_channel."""

    def channel(self, event: Event, request: Request, /) -> str:
        return self.header_channel(request) or super().channel(event, request)


@mutant(clause.CHANNEL_OWN)
class OwnChannelIsIgnored(Rules):
    """The event's own shopping_channel is ignored."""

    def own_channel(self, _event: Event) -> str | None:
        return None


@mutant(clause.CHANNEL_APP)
class OneAppBuilder(Rules):
    """Only tapcart is recognised in X-Requested-With, not fuego."""

    def app_names(self) -> tuple[str, ...]:
        return ("tapcart",)


@mutant(clause.CHANNEL_APP)
class AppBuildersInLowerCase(Rules):
    """tapcart and fuego are recognised in X-Requested-With only in lower case."""

    def header_channel(self, request: Request) -> str | None:
        requested_with = request.headers.get("X-Requested-With", "")
        return "app" if any(name in requested_with for name in self.app_names()) else None


@mutant(clause.CHANNEL_APP)
class AppBuildersAlone(Rules):
    """tapcart and fuego are recognised only if X-Requested-With has no other text."""

    def header_channel(self, request: Request) -> str | None:
        return "app" if request.headers.get("X-Requested-With", "").lower() in self.app_names() else None


@mutant(clause.CHANNEL_WEB)
class AnyRequestedWithIsAnApp(Rules):
    """Any X-Requested-With counts as an app's."""

    def header_channel(self, request: Request) -> str | None:
        return "app" if "X-Requested-With" in request.headers else None


@mutant(clause.CHANNEL_WEB)
class NoDefaultChannel(Rules):
    """If nothing names a shopping_channel, none is stored."""

    def enrich(self, event: Event, request: Request, /) -> Event:
        inferred = self.own_channel(event) or self.header_channel(request) or self.agent_channel(request)
        return {**super().enrich(event, request), "shopping_channel": inferred}


@mutant(clause.CHANNEL_WEB)
class EverybodyIsAnApp(Rules):
    """The default shopping_channel is app."""

    def agent_channel(self, _request: Request) -> str | None:
        return "app"


@mutant(clause.TIMESTAMP_UTC)
class OffsetIsKept(Rules):
    """A timestamp is stored with its offset, as it was sent."""

    def utc(self, value: Any) -> Any:
        return value


@mutant(clause.TIMESTAMP_UTC)
class OffsetIsDropped(Rules):
    """The offset of a timestamp is replaced by Z without converting the time."""

    def utc(self, value: Any) -> Any:
        iso = isinstance(value, str) and value[10:11] == "T"
        return f"{value[:19]}Z" if iso else super().utc(value)


@mutant(clause.TIMESTAMP_UTC)
class OffsetIsAddedTwice(Rules):
    """The offset of a timestamp is applied in the wrong direction."""

    def utc(self, value: Any) -> Any:
        turned = str.maketrans("+-", "-+")
        iso = isinstance(value, str) and value[10:11] == "T"
        return super().utc(value[:19] + value[19:].translate(turned) if iso else value)


@mutant(clause.TIMESTAMP_UTC)
class HttpDateIsReadInAnotherZone(Rules):
    """A timestamp that is an HTTP date is stored an hour late."""

    def utc(self, value: Any) -> Any:
        return super().utc(value.replace("GMT", "-0100") if isinstance(value, str) else value)


@mutant(clause.TIMESTAMP_UTC)
class TimestampIsTheDay(Rules):
    """Only the day of a timestamp is stored."""

    def utc(self, value: Any) -> Any:
        return str(super().utc(value))[:10]


@mutant(clause.TIMESTAMP_UTC)
class InvalidDateIsStored(Rules):
    """A timestamp with an offset is stored as the text Invalid Date."""

    def utc(self, value: Any) -> Any:
        return super().utc(value) if str(value).endswith(("Z", "GMT")) else "Invalid Date"


@mutant(clause.TIMESTAMP_UTC)
class LocalTimeIsStored(Rules):
    """The timestamp is stored as a local time without a zone."""

    def utc(self, value: Any) -> Any:
        moment = datetime.fromisoformat(super().utc(value)) - timedelta(hours=3)
        return f"{moment:%Y-%m-%d %H:%M:%S}"


@mutant(clause.TIMESTAMP_UTC)
class TimestampIsLost(Rules):
    """The timestamp is stored as null."""

    def utc(self, _value: Any) -> Any:
        return None


@mutant(clause.CONTEXTUAL_DATA_DEFAULT)
class ContextualDataIsNull(Rules):
    """Absent contextual_data is stored as null."""

    def contextual_data(self, event: Event) -> Any:
        return event.get("contextual_data")


@mutant(clause.CONTEXTUAL_DATA_DEFAULT)
class ContextualDataIsAnEmptyArray(Rules):
    """Absent contextual_data is stored as an empty array, as some languages write an empty object."""

    def contextual_data(self, event: Event) -> Any:
        return event.get("contextual_data", [])


@mutant(clause.CONTEXTUAL_DATA_DEFAULT)
class ContextualDataIsAbsent(Rules):
    """Absent contextual_data is not stored."""

    def enrich(self, event: Event, request: Request, /) -> Event:
        stored = super().enrich(event, request)
        return (
            stored
            if "contextual_data" in event
            else {k: v for k, v in stored.items() if k != "contextual_data"}
        )


class ChangesAField(Rules):
    """A client's field is changed before it is stored."""

    def enrich(self, event: Event, request: Request, /) -> Event:
        return self.changed(super().enrich(event, request))

    def changed(self, event: Event) -> Event:
        raise NotImplementedError


@mutant(clause.FIELDS_KEPT, clause.TEXT_KEPT)
class CampaignIsCut(ChangesAField):
    """marketing_campaign is cut to four characters."""

    def changed(self, event: Event) -> Event:
        return (
            {**event, "marketing_campaign": event["marketing_campaign"][:4]}
            if "marketing_campaign" in event
            else event
        )


@mutant(clause.FIELDS_KEPT, clause.NUMBERS_KEPT)
class ProductOverflows(ChangesAField):
    """product_id is cut to 32 bits."""

    def changed(self, event: Event) -> Event:
        return {**event, "product_id": event["product_id"] % 2**32} if "product_id" in event else event


@mutant(clause.FIELDS_KEPT, clause.NUMBERS_KEPT)
class PositionIsShifted(ChangesAField):
    """position is stored one lower than it was sent."""

    def changed(self, event: Event) -> Event:
        return {**event, "position": event["position"] - 1} if "position" in event else event


@mutant(clause.FIELDS_KEPT, clause.TEXT_KEPT)
class QueryIsLost(ChangesAField):
    """The query of a search is not stored."""

    def changed(self, event: Event) -> Event:
        return {key: value for key, value in event.items() if key != "query"}


@mutant(clause.FIELDS_KEPT, clause.TEXT_KEPT)
class MarketingIsLost(ChangesAField):
    """The marketing fields of a search are not stored."""

    def changed(self, event: Event) -> Event:
        lost = "marketing_" if event["event_type"] == "search" else "nothing"
        return {key: value for key, value in event.items() if not key.startswith(lost)}


@mutant(clause.FIELDS_KEPT, clause.TEXT_KEPT, clause.NUMBERS_KEPT, clause.OWN_VALUES_KEPT)
class ContextualDataIsEmptied(ChangesAField):
    """contextual_data is always stored as {}."""

    def changed(self, event: Event) -> Event:
        return {**event, "contextual_data": {}}


@mutant(clause.FIELDS_KEPT)
class EventsComeTwice(Rules):
    """Every event is stored twice, the second time with an event_id of the server's."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        stored = super().accepted(entries)
        return [*stored, *({**event, "event_id": str(uuid.uuid4())} for event in stored)]


class FirstAlone(Rules):
    """Only the first event of a request is handled."""

    def is_first(self, request: Request) -> bool:
        first = not hasattr(request.state, "looked_at")
        request.state.looked_at = True
        return first


@mutant(clause.DEVICE_FILLED, clause.DEVICE_NOT_TRUSTED)
class DeviceOfTheFirstEvent(FirstAlone):
    """The device fields are filled in only for the first event of a batch."""

    def device(self, event: Event, request: Request, /) -> Event:
        return super().device(event, request) if self.is_first(request) else {}


@mutant(clause.CHANNEL_APP)
class ChannelOfTheFirstEvent(FirstAlone):
    """An app's header is read only for the first event of a batch."""

    def header_channel(self, request: Request) -> str | None:
        return super().header_channel(request) if self.is_first(request) else None
