package io.nimoshake.dynamodb.source;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Fault.SplitGone.Answer;
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
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * Reads one shard with GetRecords, one page a call. The position is the last record that was read.
 * When there is no iterator, or the old one has expired, a new one is taken after that position.
 *
 * <p>The service may answer that the shard or its next record is gone. This class does not decide
 * what that means; it throws {@link Fault.SplitGone}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html">
 *     GetRecords</a>
 */
final class ShardReader implements SplitReader {
  /** Iterators in a row that must meet trimmed data before that is reported. */
  static final int TRIMMED_ITERATORS = 4;

  private final DynamoDbStreamsClient client;
  private final StreamShard shard;
  private final RecordPages pages;
  private Position position;
  private String iterator;

  /** The service's clock in its last answer: the next call begins later. */
  private Instant serviceTime = Instant.MIN;

  private boolean mayBeOld;

  /** How many iterators in a row were refused as expired or trimmed. */
  private int refusedIterators;

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
    ChangeBatch batch = readPage();
    refusedIterators = 0;
    position = batch.position();
    return batch;
  }

  @Override
  public void close() {
    // There is nothing to release: an iterator needs no closing.
  }

  private ChangeBatch readPage() throws Fault {
    try {
      if (iterator == null) {
        iterator = iteratorAt(position);
      }
      RecordPages.Page page = pages.read(iterator, position, serviceTime);
      iterator = page.nextIterator();
      serviceTime = page.serviceTime();
      return page.batch();
    } catch (ExpiredIteratorException e) {
      return readWithFreshIterator(e);
    } catch (TrimmedDataAccessException e) {
      return readAfterTrim(e);
    } catch (ResourceNotFoundException e) {
      if (isKnown()) {
        return readAfterTrim(e);
      }
      throw gone(Answer.NOT_FOUND, e);
    } catch (SdkException e) {
      throw Faults.ofTable("read " + name(), e);
    }
  }

  private ChangeBatch readAfterTrim(AwsServiceException e) throws Fault {
    if (refusedIterators + 1 >= TRIMMED_ITERATORS) {
      throw gone(Answer.TRIMMED, e);
    }
    // The oldest record may have expired after the iterator was taken.
    return readWithFreshIterator(e);
  }

  /**
   * Whether the service knows the shard although it refuses to read it. DynamoDB Local 3.3.1
   * answers ResourceNotFoundException for expired records, where DynamoDB answers
   * TrimmedDataAccessException.
   */
  private boolean isKnown() throws Fault {
    try {
      iteratorAt(Position.BEGINNING);
      return true;
    } catch (ResourceNotFoundException e) {
      return false;
    } catch (SdkException e) {
      throw Faults.ofTable("read " + name(), e);
    }
  }

  /** Tries the first fresh iterator at once; the caller waits before each further one. */
  private ChangeBatch readWithFreshIterator(AwsServiceException e) throws Fault {
    iterator = null;
    refusedIterators++;
    if (refusedIterators == 1) {
      return readPage();
    }
    throw new Fault.Transient("cannot read " + name() + ": " + Faults.describe(e), e);
  }

  private Fault.SplitGone gone(Answer answer, AwsServiceException e) {
    iterator = null;
    refusedIterators = 0;
    return new Fault.SplitGone(
        "cannot read " + name() + ": " + Faults.describe(e), answer, ServiceTime.of(e), e);
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
    GetShardIteratorResponse answer = client.getShardIterator(request.build());
    serviceTime = ServiceTime.of(answer);
    return answer.shardIterator();
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
      boolean passes = fault instanceof Fault.Throttled || fault instanceof Fault.Transient;
      if (passes || fault instanceof Fault.Fatal) {
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

  private String name() {
    return "shard " + shard.shardId() + " of table " + shard.table();
  }
}
