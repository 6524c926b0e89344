package io.nimoshake.dynamodb.preview;

import io.nimoshake.core.model.TableSchema;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the service says about a table, beyond its schema.
 *
 * @param status such as {@code ACTIVE}
 * @param arn its ARN
 * @param provisionedReads provisioned read capacity units a second; empty for on-demand tables
 * @param streamArn its latest stream, open or closed
 * @param streamView view type of the open stream; empty if no stream is open
 * @param shards how many shards the stream lists; empty if that is not known
 */
public record TableFacts(
    TableSchema schema,
    String status,
    String arn,
    OptionalLong provisionedReads,
    Optional<String> streamArn,
    Optional<String> streamView,
    OptionalLong shards) {}
