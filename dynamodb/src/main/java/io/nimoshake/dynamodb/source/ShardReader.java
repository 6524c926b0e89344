package io.nimoshake.dynamodb.source;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.client.ServiceTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.ExpiredIteratorException;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * Reads one shard with GetRecords, one page a call. The position is the last record that was read.
 * When there is no iterator, or the old one has expired, a new one is taken after that position.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html">
 *     GetRecords</a>
 */
final class ShardReader implements SplitReader {
  private final DynamoDbStreamsClient client;
  private final StreamShard shard;
  private final RecordPages pages;
  private Position position;
  private Optional<Instant> newestRead = Optional.empty();
  private String iterator;
  private boolean mayBeOld;

  ShardReader(DynamoDbStreamsClient client, StreamShard shard, RecordPages pages, Position from) {
    this.client = client;
    this.shard = shard;
    this.pages = pages;
    this.position = from;
    this.mayBeOld =
        from instanceof Position.Beginning
            && shard.endingSequenceNumber().isPresent()
            && shard.ignoreBefore().isAfter(Instant.MIN);
  }

  @Override
  public ChangeBatch read() throws Fault {
    if (isReadToItsEnd() || isOlderThanTheCopy()) {
      position = Position.END;
    }
    if (position instanceof Position.End) {
      return ChangeBatch.builder(shard).build(Position.END);
    }
    ChangeBatch batch = readPage(true);
    position = batch.position();
    newestRead = batch.newestRecord().or(() -> newestRead);
    return batch;
  }

  @Override
  public void close() {
    // There is nothing to release: an iterator needs no closing.
  }

  private ChangeBatch readPage(boolean mayRenew) throws Fault {
    try {
      if (iterator == null) {
        iterator = iteratorAt(position);
      }
      RecordPages.Page page = pages.read(iterator, position);
      iterator = page.nextIterator();
      return page.batch();
    } catch (ExpiredIteratorException e) {
      iterator = null;
      return readAnew(mayRenew, e);
    } catch (TrimmedDataAccessException e) {
      iterator = null;
      if (position instanceof Position.Beginning) {
        // The oldest record expired after the iterator was taken: start at the oldest one left.
        return readAnew(mayRenew, e);
      }
      throw gap("records after the last one read have expired", e);
    } catch (ResourceNotFoundException e) {
      iterator = null;
      return vanished(e);
    } catch (SdkException e) {
      throw Faults.ofTable("read " + name(), e);
    }
  }

  private ChangeBatch readAnew(boolean mayRenew, AwsServiceException e) throws Fault {
    if (mayRenew) {
      return readPage(false);
    }
    throw new Fault.Transient("cannot read " + name() + ": " + Faults.describe(e), e);
  }

  private String iteratorAt(Position at) {
    GetShardIteratorRequest.Builder request =
        GetShardIteratorRequest.builder().streamArn(shard.streamArn()).shardId(shard.shardId());
    if (at instanceof Position.After after) {
      request
          .shardIteratorType(ShardIteratorType.AFTER_SEQUENCE_NUMBER)
          .sequenceNumber(after.token());
    } else if (at instanceof Position.At exactly) {
      request
          .shardIteratorType(ShardIteratorType.AT_SEQUENCE_NUMBER)
          .sequenceNumber(exactly.token());
    } else {
      request.shardIteratorType(ShardIteratorType.TRIM_HORIZON);
    }
    return client.getShardIterator(request.build()).shardIterator();
  }

  /** Whether the shard's last record has been read: nothing can follow it. */
  private boolean isReadToItsEnd() {
    return position instanceof Position.After after
        && shard.endingSequenceNumber().equals(Optional.of(after.token()));
  }

  /**
   * Whether the last record of a closed shard is too old to be written; then all its records are.
   * The record is read at the EndingSequenceNumber, once. An empty answer proves nothing.
   */
  private boolean isOlderThanTheCopy() throws Fault {
    if (!mayBeOld) {
      return false;
    }
    try {
      String last = iteratorAt(new Position.At(shard.endingSequenceNumber().orElseThrow()));
      List<Record> records =
          client.getRecords(request -> request.shardIterator(last).limit(1)).records();
      mayBeOld = false;
      return !records.isEmpty() && isTooOld(records.get(0));
    } catch (SdkException e) {
      Fault fault = Faults.ofTable("read the end of " + name(), e);
      if (fault.isRetryable() || fault instanceof Fault.Fatal) {
        throw fault;
      }
      mayBeOld = false;
      return false;
    }
  }

  private boolean isTooOld(Record record) {
    Instant created = record.dynamodb().approximateCreationDateTime();
    return created != null && created.isBefore(shard.ignoreBefore());
  }

  /**
   * The service removes a shard when its last record is older than the retention. Nothing is lost
   * if the shard was closed and records of that age are not to be written.
   */
  private ChangeBatch vanished(AwsServiceException e) throws Fault {
    boolean unwanted =
        position instanceof Position.Beginning
            && shard.endingSequenceNumber().isPresent()
            && ServiceTime.of(e).minus(Retention.STREAM).isBefore(shard.ignoreBefore());
    if (unwanted) {
      return ChangeBatch.builder(shard).build(Position.END);
    }
    throw gap("it is gone, and what was not read of it is lost", e);
  }

  private Fault.Gap gap(String what, AwsServiceException e) {
    Instant trimmed = ServiceTime.of(e).minus(Retention.STREAM);
    Optional<Instant> from =
        newestRead.or(
            () ->
                position instanceof Position.Beginning && shard.ignoreBefore().isAfter(Instant.MIN)
                    ? Optional.of(shard.ignoreBefore())
                    : Optional.empty());
    Optional<Instant> to =
        from.isPresent() && trimmed.isBefore(from.get()) ? Optional.empty() : Optional.of(trimmed);
    return new Fault.Gap(name() + ": " + what, from, to, e);
  }

  private String name() {
    return "shard " + shard.shardId() + " of table " + shard.table();
  }
}
