"""Variants that take freedoms of every sort that do not interact: a variant costs a run."""

from conformance.requirements import batch, cors, enrichment, events, response
from tests.suite.variants.answers import (
    BadRequestForNoJson,
    Chatty,
    ClosesEveryConnection,
    Compresses,
    EmptyCreated,
    NotFound,
    NotImplementedByAnybody,
    ProlixErrors,
    in_odd_order_and_case,
)
from tests.suite.variants.declaring import variant
from tests.suite.variants.lenient import GenerousBodies, GenerousEvents, GenerousTokens
from tests.suite.variants.lines import (
    EchoesTheNames,
    EverybodyIsReflected,
    HtmlPreflight,
    NamesInMixedCase,
    NamesOnTwoLines,
    PreflightsDoNotVary,
    StarBesideNames,
    StrangersAreForbidden,
    WithheldOn401,
)
from tests.suite.variants.strict import (
    ExactEvents,
    OnlyPlainJsonIsTaken,
    OrdinaryContent,
    UnknownMembersAreRefused,
)


@variant(
    warned=(
        response.NULL_JSON,
        batch.NOT_JSON_UNPROCESSABLE,
        cors.UNAUTHENTICATED_ORIGIN,
        cors.UNAUTHENTICATED_CREDENTIALS,
    )
)
class Terse(
    EmptyCreated,
    BadRequestForNoJson,
    WithheldOn401,
    EchoesTheNames,
    PreflightsDoNotVary,
    NotFound,
    ClosesEveryConnection,
):
    """It says and does as little as the contract allows."""


@variant(around=in_odd_order_and_case)
class Talkative(Chatty, Compresses, ProlixErrors, HtmlPreflight, NamesInMixedCase, NotImplementedByAnybody):
    """It says much more than the contract requires."""


@variant(
    warned=(events.ID_SPELLINGS_INGESTED,),
    not_judged=(enrichment.GEO_NOT_TRUSTED, enrichment.DEVICE_NOT_TRUSTED),
    options=tuple(
        f"--{name}={origin}"
        for name, origin in zip(("origin", "other-origin"), StrangersAreForbidden.ORIGINS, strict=True)
    ),
)
class Strict(
    OnlyPlainJsonIsTaken,
    UnknownMembersAreRefused,
    OrdinaryContent,
    ExactEvents,
    StrangersAreForbidden,
    NamesOnTwoLines,
):
    """It refuses or skips everything that the contract does not require it to accept."""


@variant()
class Lenient(GenerousTokens, GenerousBodies, GenerousEvents, EverybodyIsReflected, StarBesideNames):
    """It accepts everything that the contract does not require it to refuse or skip."""
