"""Why a mutant of a requirement about events also breaks another one."""

from conformance.mutants.because import Because
from conformance.mutants.groups import (
    AMONG_OTHERS,
    BURST_STORED,
    CONVERTED,
    FILLED,
    MIX_ALSO_SHOWS,
    MIXED,
    NAMED_STORE,
    ONE_FAULT,
    SIMPLEST,
    TAKEN,
    TYPED,
)
from conformance.requirements import batch, concurrency, enrichment, events, response, robustness, token

REASONS = (
    Because(
        "These checks send batches with an invalid event, and they are refused.",
        (events.INVALID_EVENT_KEEPS_BATCH,),
        (
            batch.LIMIT_COUNTS_ENTRIES,
            events.ALL_INVALID_ACCEPTED,
            events.NON_OBJECTS_ACCEPTED,
            *AMONG_OTHERS,
        ),
    ),
    Because(
        "The answer that reports skipped events is not a plain 201 any more.",
        (events.SKIPPING_IS_SILENT,),
        (response.NULL_OR_EMPTY, response.CREATED),
    ),
    Because(
        "The event next to an invalid one is treated wrongly, and these checks look for such events.",
        (events.ANY_MIX,),
        (events.NEIGHBOURS_INGESTED, events.NON_OBJECTS_SKIPPED, *ONE_FAULT),
    ),
    Because(
        "Other checks send large batches with an invalid event too.",
        (events.ANY_MIX,),
        FILLED,
    ),
    Because(
        "Generated batches contain events of every kind, are sent without an Origin, and every answer and every event in them is checked.",
        MIX_ALSO_SHOWS,
        MIXED,
    ),
    Because(
        "Generated batches of unusual events contain such timestamps.",
        (events.TIMESTAMP_OFFSET_INGESTED,),
        (events.ANY_MIX_UNUSUAL,),
    ),
    Because(
        "In a batch of invalid events only, the mistake affects neighbouring events too.",
        (events.ANY_MIX,),
        (events.ALL_INVALID_INGEST_NOTHING,),
    ),
    Because(
        "A batch that is refused because an entry is not an object ingests nothing.",
        (events.NON_OBJECTS_ACCEPTED,),
        (events.NON_OBJECTS_SKIPPED,),
    ),
    Because(
        "Valid events of this kind are skipped, and these checks send such events.",
        (events.TYPES_INGESTED, events.OPTIONAL_FIELDS_INGESTED),
        (*AMONG_OTHERS, *TAKEN, *NAMED_STORE),
    ),
    Because(
        "An event in a batch that is refused is not stored.",
        (events.ANY_CONTENT_KEEPS_BATCH, events.LONE_SURROGATE_KEEPS_BATCH, robustness.NO_SERVER_ERROR),
        (events.NEIGHBOURS_OF_ANY_CONTENT, events.NEIGHBOURS_OF_LONE_SURROGATE),
    ),
    Because(
        "A field that may be missing may have a name in another letter case.",
        (
            events.EVENT_ID_REQUIRED,
            events.EVENT_TYPE_REQUIRED,
            events.TIMESTAMP_REQUIRED,
            events.SESSION_ID_REQUIRED,
            events.PRODUCT_ID_REQUIRED,
            events.COLLECTION_HANDLE_REQUIRED,
            events.POSITION_REQUIRED,
        ),
        (events.NAMES_EXACT,),
    ),
    Because(
        "The events with a huge number are such: invalid, with an unknown member, or with a number that crashes the server.",
        (events.ANY_CONTENT_KEEPS_BATCH, events.INVALID_EVENT_KEEPS_BATCH, robustness.HUGE_NUMBERS),
        (events.HUGE_NUMBER_KEEPS_BATCH,),
    ),
    Because(
        "The simplest valid event is skipped or lost, and these checks send it, too.",
        (
            batch.INGESTS_ALL,
            events.TYPES_INGESTED,
            events.OPTIONAL_FIELDS_INGESTED,
            token.NAMES_THE_STORE,
        ),
        SIMPLEST,
    ),
    Because(
        "These checks send ULIDs, too.",
        (events.ANY_MIX,),
        (events.ID_FORMS_INGESTED, events.ID_SPELLINGS_INGESTED),
    ),
    Because(
        "The versions 6 and 7 are not version 4 either.",
        (events.ID_FORMS_INGESTED,),
        (events.ID_SPELLINGS_INGESTED,),
    ),
    Because(
        "Unusual events have such text and data, too.",
        (events.LOOK_ALIKES_INGESTED, events.ANY_SCRIPT_INGESTED, events.NESTED_DATA_INGESTED),
        (events.ANY_MIX_UNUSUAL,),
    ),
    Because(
        "The whole body is refused or crashes if it has text beyond ASCII.",
        (events.ANY_SCRIPT_INGESTED,),
        (events.ANY_CONTENT_KEEPS_BATCH, events.NEIGHBOURS_OF_ANY_CONTENT, robustness.INVALID_UTF8),
    ),
    Because(
        "A field that may be missing may be null, too.",
        (events.EVENT_TYPE_REQUIRED,),
        (events.EVENT_TYPE_TYPED,),
    ),
    Because(
        "A type in another letter case is any type.",
        (events.UNKNOWN_TYPE_SKIPPED,),
        (events.TYPE_CASE_SKIPPED,),
    ),
    Because("A field that is not checked may hold a boolean or a number.", TYPED, CONVERTED),
    Because(
        "These checks compare the same fields of other events with what was sent.",
        (enrichment.FIELDS_KEPT, enrichment.NUMBERS_KEPT, enrichment.OWN_VALUES_KEPT),
        (
            enrichment.FIELDS_KEPT,
            enrichment.TEXT_KEPT,
            enrichment.NUMBERS_KEPT,
            enrichment.OWN_VALUES_KEPT,
            enrichment.CONTEXTUAL_DATA_DEFAULT,
        ),
    ),
    Because(
        "A field that accepts only the wrong type accepts the wrong type.",
        (events.OPTIONAL_FIELDS_INGESTED,),
        (events.VARIANT_ID_TYPED,),
    ),
    Because(
        "An event with this fault is stored, and these checks send such events among others.",
        (
            events.NO_DATE_SKIPPED,
            events.TIMESTAMP_REQUIRED,
            events.TIMESTAMP_TYPED,
            events.PRODUCT_ID_REQUIRED,
            events.PRODUCT_ID_TYPED,
            events.COLLECTION_HANDLE_REQUIRED,
            events.COLLECTION_HANDLE_TYPED,
            events.POSITION_REQUIRED,
            events.POSITION_TYPED,
        ),
        (events.ALL_INVALID_INGEST_NOTHING, events.ANY_MIX),
    ),
    Because(
        "A field that is not checked may be empty.",
        (events.EVENT_ID_TYPED, events.SESSION_ID_TYPED, events.COLLECTION_HANDLE_TYPED),
        (events.EMPTY_STRINGS_SKIPPED,),
    ),
    Because("A field that is not checked may be 0.", (events.POSITION_TYPED,), (events.POSITION_FROM_ONE,)),
    Because(
        "If the server fills in nothing, the client's own value is stored.",
        (enrichment.GEO_FILLED, enrichment.DEVICE_FILLED),
        (enrichment.GEO_NOT_TRUSTED, enrichment.DEVICE_NOT_TRUSTED),
    ),
    Because(
        "Events of a request that is answered wrongly go to another store or are lost, and its origin is not checked.",
        (concurrency.OWN_STATUS,),
        (concurrency.OWN_ORIGIN, *BURST_STORED),
    ),
    Because(
        "Events that are lost while many requests are handled are missing in each store and in each session.",
        (concurrency.ALL_INGESTED, concurrency.OWN_STORE, concurrency.SESSION_RETURNS),
        BURST_STORED,
    ),
)
