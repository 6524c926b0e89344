package io.nimoshake.dynamodb.source;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.client.ServiceTime;
import io.nimoshake.dynamodb.convert.DecodingInterceptor;
import io.nimoshake.dynamodb.convert.JsonFilter;
import io.nimoshake.dynamodb.convert.PageDecoder;
import io.nimoshake.dynamodb.convert.PageSink;
import io.nimoshake.dynamodb.convert.RecordListener;
import io.nimoshake.dynamodb.source.ReadOptions.TtlDeletes;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;

/** Reads pages of a shard's records and turns them into batches of changes. */
final class RecordPages {
  /**
   * The most of one GetRecords.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html">
   *     GetRecords</a>
   */
  private static final int MOST_RECORDS = 1_000;

  private static final int MOST_BYTES = 1 << 20;

  private final DynamoClients clients;
  private final StreamShard shard;
  private final ReadOptions options;
  private final PageDecoder decoder;
  private final ReadBack readBack;
  private final Optional<JsonFilter> filter;

  RecordPages(DynamoClients clients, StreamShard shard, ReadOptions options, PageDecoder decoder) {
    this.clients = clients;
    this.shard = shard;
    this.options = options;
    this.decoder = decoder;
    this.filter = options.streamFilter();
    this.readBack = new ReadBack(clients.tables(), shard.table(), filter);
  }

  /**
   * A page that was read.
   *
   * @param nextIterator null after the last page of the shard
   * @param serviceTime the service's clock when it answered
   */
  record Page(ChangeBatch batch, String nextIterator, Instant serviceTime) {}

  /**
   * Reads the page that an iterator points to.
   *
   * @param before the position after the page if the page holds no records
   * @param now what the service's clock has shown already
   * @throws software.amazon.awssdk.core.exception.SdkException if GetRecords fails
   * @throws Fault if missing images cannot be read; the page can be read again
   */
  Page read(String iterator, Position before, Instant now) throws Fault {
    Incoming page = new Incoming();
    GetRecordsRequest.Builder request =
        GetRecordsRequest.builder()
            .shardIterator(iterator)
            .overrideConfiguration(
                call -> call.putExecutionAttribute(DecodingInterceptor.SINK, page));
    options.recordsLimit().ifPresent(request::limit);
    GetRecordsResponse answer = clients.streams().getRecords(request.build());
    if (page.batch == null) {
      throw new IllegalStateException("the client has no decoding interceptor");
    }
    readBack.complete(page.withoutImage, page.batch, decoder);
    String next = answer.nextShardIterator();
    Position reached = page.last.map(Position::after).orElse(before);
    ChangeBatch batch = page.batch.begun(now).build(next == null ? Position.END : reached);
    return new Page(batch, next, ServiceTime.of(answer));
  }

  /** Collects one page. When the SDK retries the call, the page starts over. */
  private final class Incoming implements PageSink, RecordListener {
    private ChangeBatch.Builder batch;
    private List<ReadBack.Missing> withoutImage;
    private Optional<String> last;

    @Override
    public byte[] accept(byte[] body, int length) throws IOException {
      batch = ChangeBatch.builder(shard);
      withoutImage = new ArrayList<>();
      byte[] rest = decoder.records(body, length, batch, this);
      last = decoder.lastSequenceNumber();
      int most = options.recordsLimit().orElse(MOST_RECORDS);
      if (batch.itemsRead() < most / 2 && length < MOST_BYTES / 2) {
        batch.small();
      }
      return rest;
    }

    @Override
    public boolean propagateTtlDeletes() {
      return options.ttlDeletes() == TtlDeletes.PROPAGATE;
    }

    @Override
    public Optional<JsonFilter> filter() {
      return filter;
    }

    @Override
    public void imageMissing(String keyJson, ItemKey key, Instant created) {
      withoutImage.add(new ReadBack.Missing(keyJson, created));
    }
  }
}
