package io.nimoshake.dynamodb.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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

  private static final JsonFactory JSON = new JsonFactory();

  private final DynamoClients clients;
  private final DecodingInterceptor decoding;
  private final StreamShard shard;
  private final ReadOptions options;
  private final PageDecoder decoder;
  private final ReadBack readBack;
  private final Optional<JsonFilter> filter;

  /**
   * @param decoding the one of the clients
   */
  RecordPages(
      DynamoClients clients,
      DecodingInterceptor decoding,
      StreamShard shard,
      ReadOptions options,
      PageDecoder decoder) {
    this.clients = clients;
    this.decoding = decoding;
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
    Next next =
        clients
            .records()
            .call(
                body(iterator),
                (response, in) ->
                    Next.of(decoding.decode(response, in, page), ServiceTime.of(response)),
                () -> callOfClient(iterator, page));
    if (page.batch == null) {
      throw new IllegalStateException("the client has no decoding interceptor");
    }
    readBack.complete(page.withoutImage, page.batch, decoder);
    Position reached = page.last.map(Position::after).orElse(before);
    Position end = next.iterator() == null ? Position.END : reached;
    return new Page(page.batch.begun(now).build(end), next.iterator(), next.serviceTime());
  }

  private Next callOfClient(String iterator, PageSink page) {
    GetRecordsRequest.Builder request =
        GetRecordsRequest.builder()
            .shardIterator(iterator)
            .overrideConfiguration(
                call -> call.putExecutionAttribute(DecodingInterceptor.SINK, page));
    options.recordsLimit().ifPresent(request::limit);
    GetRecordsResponse answer = clients.streams().getRecords(request.build());
    return new Next(answer.nextShardIterator(), ServiceTime.of(answer));
  }

  private byte[] body(String iterator) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(body)) {
      json.writeStartObject();
      json.writeStringField("ShardIterator", iterator);
      if (options.recordsLimit().isPresent()) {
        json.writeNumberField("Limit", options.recordsLimit().getAsInt());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return body.toByteArray();
  }

  /**
   * What an answer says besides its records.
   *
   * @param iterator null after the last page of the shard
   * @param serviceTime when the service answered, by its clock
   */
  private record Next(String iterator, Instant serviceTime) {
    static Next of(byte[] answer, Instant serviceTime) throws IOException {
      try (JsonParser json = JSON.createParser(answer)) {
        String iterator = null;
        json.nextToken();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
          JsonToken value = json.nextToken();
          if (name.equals("NextShardIterator") && value == JsonToken.VALUE_STRING) {
            iterator = json.getText();
          }
          json.skipChildren();
        }
        return new Next(iterator, serviceTime);
      }
    }
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
