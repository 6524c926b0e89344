package io.nimoshake.dynamodb.preview;

import io.nimoshake.core.model.TableSchema;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a table is like, beyond its schema.
 *
 * @param status such as {@code ACTIVE}
 * @param provisionedReads read capacity units a second, where they are provisioned
 * @param streamArn its current stream, open or closed
 * @param streamView view type of an open stream; empty if there is none
 * @param shards how many shards the stream lists; empty if that could not be found out
 */
public record TableFacts(
    TableSchema schema,
    String status,
    OptionalLong provisionedReads,
    Optional<String> streamArn,
    Optional<String> streamView,
    OptionalLong shards) {}
