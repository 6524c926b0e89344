package io.nimoshake.dynamodb.source;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.convert.DecodingInterceptor;
import io.nimoshake.dynamodb.convert.PageDecoder;
import io.nimoshake.dynamodb.convert.PageSink;
import java.io.IOException;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/**
 * Reads one segment with Scan, one page a call. The reads are eventually consistent, which costs
 * half. A write they miss is so recent that its stream record is written after the copy anyway.
 *
 * @see <a href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html">Scan
 *     </a>
 */
final class ScanReader implements SplitReader {
  private final DynamoDbClient client;
  private final ScanSegment segment;
  private final ReadOptions options;
  private final PageDecoder decoder;
  private Position position;

  ScanReader(
      DynamoDbClient client,
      ScanSegment segment,
      ReadOptions options,
      PageDecoder decoder,
      Position from) {
    if (from instanceof Position.At) {
      throw new IllegalArgumentException("a segment can start after a key, not at a key");
    }
    this.client = client;
    this.segment = segment;
    this.options = options;
    this.decoder = decoder;
    this.position = from;
  }

  @Override
  public ChangeBatch read() throws Fault {
    if (position instanceof Position.End) {
      return ChangeBatch.builder().build(Position.END);
    }
    Page page = new Page();
    ScanResponse answer = call(page);
    ChangeBatch batch = page.finish(answer);
    position = batch.position();
    return batch;
  }

  @Override
  public void close() {
    // There is nothing to release.
  }

  private ScanResponse call(PageSink sink) throws Fault {
    ScanRequest.Builder request =
        ScanRequest.builder()
            .tableName(segment.table())
            .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL)
            .overrideConfiguration(
                call -> call.putExecutionAttribute(DecodingInterceptor.SINK, sink));
    if (segment.total() > 1) {
      request.segment(segment.index()).totalSegments(segment.total());
    }
    options.scanLimit().ifPresent(request::limit);
    options.filter().ifPresent(filter -> filter.applyTo(request));
    if (position instanceof Position.After after) {
      request.exclusiveStartKey(AttributeJson.read(after.token()));
    }
    try {
      return client.scan(request.build());
    } catch (SdkException e) {
      throw Faults.ofTable("scan table " + segment.table(), e);
    }
  }

  /** Collects one page. When the SDK retries the call, the page starts over. */
  private final class Page implements PageSink {
    private ChangeBatch.Builder batch;
    private Optional<String> last;

    @Override
    public byte[] accept(byte[] body, int length) throws IOException {
      batch = ChangeBatch.builder(segment);
      byte[] rest = decoder.scan(body, length, batch);
      last = decoder.lastEvaluatedKey();
      return rest;
    }

    ChangeBatch finish(ScanResponse answer) {
      if (batch == null) {
        throw new IllegalStateException("the client has no decoding interceptor");
      }
      if (answer.consumedCapacity() != null && answer.consumedCapacity().capacityUnits() != null) {
        batch.capacityUnits(answer.consumedCapacity().capacityUnits());
      }
      if (answer.scannedCount() != null && answer.count() != null) {
        batch.filtered(answer.scannedCount() - answer.count());
      }
      return batch.build(last.map(Position::after).orElse(Position.END));
    }
  }
}
