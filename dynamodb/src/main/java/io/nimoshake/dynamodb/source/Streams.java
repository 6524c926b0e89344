package io.nimoshake.dynamodb.source;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.dynamodb.client.CallPacer;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.client.ServiceTime;
import io.nimoshake.dynamodb.client.TableStatuses;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamResponse;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.ShardFilterType;
import software.amazon.awssdk.services.dynamodb.model.StreamDescription;
import software.amazon.awssdk.services.dynamodb.model.StreamStatus;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/**
 * Finds and enables the streams of tables, and lists their shards. Calls DescribeStream at most ten
 * times a second, over all tables. Thread-safe.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_DescribeStream.html">
 *     DescribeStream</a>
 */
final class Streams {
  private static final int SHARDS_A_PAGE = 100;
  private static final int CALLS_A_SECOND = 10;
  private static final Set<String> FILTER_REFUSED =
      Set.of("ValidationException", "SerializationException", "UnknownParameterException");

  private final DynamoClients clients;
  private final Tables tables;
  private final CallPacer pacer = new CallPacer(CALLS_A_SECOND, Duration.ofSeconds(1));
  private volatile boolean filterRefused;

  Streams(DynamoClients clients, Tables tables) {
    this.clients = clients;
    this.tables = tables;
  }

  /** See {@link io.nimoshake.core.port.Source#ensureStream}. */
  Optional<StreamHandle> ensure(String table) throws Fault {
    TableDescription description = tables.answer(table).table();
    if (isStreamed(description)) {
      return Optional.of(enabled(table, description.latestStreamArn()));
    }
    TableStatuses.requireChangeable("table " + table, description);
    enable(table);
    return Optional.empty();
  }

  private StreamHandle enabled(String table, String arn) throws Fault {
    DescribeStreamResponse answer =
        describe(table, arn)
            .orElseThrow(
                () ->
                    new Fault.Transient(
                        "waiting for the stream of table "
                            + table
                            + ": the service does not know it yet",
                        null));
    StreamDescription stream = answer.streamDescription();
    if (stream.streamStatus() != StreamStatus.ENABLED) {
      throw new Fault.Transient(
          "waiting for the stream of table "
              + table
              + " to be ENABLED: its status is "
              + stream.streamStatusAsString(),
          null);
    }
    return handle(answer);
  }

  /** See {@link io.nimoshake.core.port.Source#currentStream}. */
  Optional<StreamHandle> current(String table) throws Fault {
    String arn;
    try {
      arn = tables.answer(table).table().latestStreamArn();
    } catch (Fault.TableGone e) {
      return Optional.empty();
    }
    return arn == null ? Optional.empty() : describe(table, arn).map(Streams::handle);
  }

  /** See {@link io.nimoshake.core.port.Source#listShards}. */
  ShardListing shards(String table, String arn, Optional<String> childrenOf) throws Fault {
    if (childrenOf.isPresent() && !filterRefused) {
      Optional<ShardListing> children = children(table, arn, childrenOf.get());
      if (children.isPresent()) {
        return children.get();
      }
    }
    return list(table, DescribeStreamRequest.builder().streamArn(arn).build());
  }

  private static boolean isStreamed(TableDescription table) {
    return table.streamSpecification() != null
        && Boolean.TRUE.equals(table.streamSpecification().streamEnabled())
        && table.latestStreamArn() != null;
  }

  private void enable(String table) throws Fault {
    try {
      clients
          .tables()
          .updateTable(
              request ->
                  request
                      .tableName(table)
                      .streamSpecification(
                          stream ->
                              stream
                                  .streamEnabled(true)
                                  .streamViewType(StreamViewType.NEW_AND_OLD_IMAGES)));
    } catch (AwsServiceException e) {
      if (!Faults.describe(e).contains("already has an enabled stream")) {
        throw Faults.ofTable("enable the stream of table " + table, e);
      }
    } catch (SdkException e) {
      throw Faults.ofTable("enable the stream of table " + table, e);
    }
  }

  /**
   * Lists the children of a shard with ShardFilter. A service that ignores the filter gives the
   * whole listing, which is returned as such. Empty if the service refuses the filter or finds no
   * child: the children may not be listed yet, may never come, or the service does not really
   * filter (DynamoDB Local 3.3.1). Only the whole listing tells which.
   */
  private Optional<ShardListing> children(String table, String arn, String parent) throws Fault {
    DescribeStreamRequest request =
        DescribeStreamRequest.builder()
            .streamArn(arn)
            .shardFilter(filter -> filter.type(ShardFilterType.CHILD_SHARDS).shardId(parent))
            .build();
    try {
      ShardListing listing = list(table, request);
      if (listing.shards().isEmpty()) {
        return Optional.empty();
      }
      boolean filtered =
          listing.shards().stream().allMatch(shard -> shard.parents().contains(parent));
      return Optional.of(
          filtered
              ? new ShardListing(listing.shards(), false, listing.open(), listing.serviceTime())
              : listing);
    } catch (Fault.TableFailed e) {
      if (!isRefusedFilter(e)) {
        throw e;
      }
      filterRefused = true;
      return Optional.empty();
    }
  }

  private static boolean isRefusedFilter(Fault e) {
    return e.getCause() instanceof AwsServiceException answer
        && FILTER_REFUSED.contains(Faults.code(answer));
  }

  private ShardListing list(String table, DescribeStreamRequest request) throws Fault {
    List<ShardInfo> shards = new ArrayList<>();
    Instant begun = null;
    String last = null;
    StreamDescription stream;
    do {
      DescribeStreamResponse page = page(table, request, last);
      stream = page.streamDescription();
      begun = begun == null ? ServiceTime.of(page) : begun;
      stream.shards().forEach(shard -> shards.add(info(shard)));
      last = stream.lastEvaluatedShardId();
    } while (last != null);
    return new ShardListing(shards, true, isOpen(stream), begun);
  }

  private DescribeStreamResponse page(String table, DescribeStreamRequest request, String last)
      throws Fault {
    try {
      return call(request.toBuilder().limit(SHARDS_A_PAGE).exclusiveStartShardId(last).build());
    } catch (ResourceNotFoundException e) {
      throw new Fault.StreamGone(
          "cannot list the shards of stream "
              + request.streamArn()
              + " of table "
              + table
              + ": "
              + Faults.describe(e),
          ServiceTime.of(e),
          e);
    } catch (SdkException e) {
      throw Faults.ofTable("list the shards of table " + table, e);
    }
  }

  private Optional<DescribeStreamResponse> describe(String table, String arn) throws Fault {
    try {
      return Optional.of(call(DescribeStreamRequest.builder().streamArn(arn).limit(1).build()));
    } catch (ResourceNotFoundException e) {
      // Its last records have expired, or the stream is so new that not every host knows it.
      return Optional.empty();
    } catch (SdkException e) {
      throw Faults.ofTable("describe the stream of table " + table, e);
    }
  }

  private DescribeStreamResponse call(DescribeStreamRequest request) {
    pacer.await();
    return clients.streams().describeStream(request);
  }

  private static StreamHandle handle(DescribeStreamResponse answer) {
    StreamDescription stream = answer.streamDescription();
    return new StreamHandle(stream.streamArn(), isOpen(stream), ServiceTime.of(answer));
  }

  private static boolean isOpen(StreamDescription stream) {
    return stream.streamStatus() == StreamStatus.ENABLED
        || stream.streamStatus() == StreamStatus.ENABLING;
  }

  private static ShardInfo info(Shard shard) {
    return new ShardInfo(
        shard.shardId(),
        shard.parentShardId() == null ? Set.of() : Set.of(shard.parentShardId()),
        Optional.ofNullable(shard.sequenceNumberRange())
            .map(range -> range.endingSequenceNumber()));
  }
}
