package io.nimoshake.testkit.stream;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nimoshake.testkit.wire.Call;
import io.nimoshake.testkit.wire.Gateway;
import io.nimoshake.testkit.wire.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands in front of DynamoDB Local and shows each stream's single chain of shards as a tree of
 * virtual shards, which split and roll over as the options say or when told to. Everything but
 * DescribeStream, GetShardIterator and GetRecords passes through.
 *
 * <p>A key's records are all there, once, in order along the line of shards that owned the key: who
 * reads a child before its parent gets a key's newer records before its older ones. Shards never
 * merge, because a listing can name only one parent.
 *
 * <p>Sequence numbers are those of the real stream with three digits more.
 */
public final class ReshardingEndpoint implements AutoCloseable {
  private static final Pattern CREDENTIAL = Pattern.compile("Credential=([^,\\s]+)");

  private final ReshardingOptions options;
  private final Gateway gateway;
  private final Map<String, VirtualStream> streams = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private ReshardingEndpoint(URI upstream, ReshardingOptions options) {
    this.options = options;
    gateway = Gateway.start(upstream, this::handle);
  }

  /** Starts one in front of a server. */
  public static ReshardingEndpoint to(URI upstream, ReshardingOptions options) {
    return new ReshardingEndpoint(upstream, options.copy());
  }

  /** Where clients of tables and of streams are to connect. */
  public URI endpoint() {
    return gateway.endpoint();
  }

  /**
   * The shards of a stream, oldest first, also those that are not listed yet or no more; none
   * before the first call for that stream.
   */
  public List<ShardView> shards(String streamArn) {
    return streams.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith(" " + streamArn))
        .findFirst()
        .map(entry -> told(() -> entry.getValue().view()))
        .orElse(List.of());
  }

  /**
   * Shards that were read from while their parent had not been read to its end, in any stream. A
   * reader that skips a parent on purpose is listed as well.
   */
  public List<String> readTooEarly() {
    return streams.values().stream().flatMap(stream -> stream.readTooEarly().stream()).toList();
  }

  /** Splits an open shard; changes made before this call are in it, later ones in its children. */
  public void split(String shardId) {
    told(shardId, stream -> stream.reshard(shardId, Resharding.Act.SPLIT));
  }

  /** Ends an open shard and has one child take over. */
  public void rollOver(String shardId) {
    told(shardId, stream -> stream.reshard(shardId, Resharding.Act.ROLL_OVER));
  }

  /** The oldest records of a shard are no more: reading them is TrimmedDataAccessException. */
  public void trim(String shardId, int records) {
    told(shardId, stream -> stream.trim(shardId, records));
  }

  /** A closed shard is no more: it is not listed, and reading it is ResourceNotFoundException. */
  public void forget(String shardId) {
    told(shardId, stream -> stream.forget(shardId));
  }

  @Override
  public void close() {
    closed.countDown();
    gateway.close();
  }

  private Reply handle(Call call, Gateway.Upstream upstream)
      throws IOException, InterruptedException {
    try {
      return switch (call.operation()) {
        case "DescribeStream" -> describeStream(call, upstream);
        case "GetShardIterator" -> shardIterator(call, upstream);
        case "GetRecords" -> records(call, upstream);
        default -> new Reply.Whole(upstream.forward(call));
      };
    } catch (StreamError e) {
      return new Reply.Whole(e.answer());
    }
  }

  private Reply describeStream(Call call, Gateway.Upstream upstream)
      throws IOException, InterruptedException, StreamError {
    ObjectNode request = Json.read(call.body());
    VirtualStream stream = stream(call, request.path("StreamArn").asText(), upstream);
    return new Reply.Whole(Json.answer(stream.describe(request)));
  }

  private Reply shardIterator(Call call, Gateway.Upstream upstream)
      throws IOException, InterruptedException, StreamError {
    ObjectNode request = Json.read(call.body());
    String arn = request.path("StreamArn").asText();
    String shardId = request.path("ShardId").asText();
    int position = stream(call, arn, upstream).position(shardId, request);
    Iterator iterator = new Iterator(arn, shardId, position, options.clock.millis(), 0);
    return new Reply.Whole(Json.answer(Json.object().put("ShardIterator", iterator.token())));
  }

  private Reply records(Call call, Gateway.Upstream upstream)
      throws IOException, InterruptedException, StreamError {
    if (!options.latency.isZero()) {
      // Ends early only when the endpoint is closed.
      closed.await(options.latency.toNanos(), TimeUnit.NANOSECONDS);
    }
    ObjectNode request = Json.read(call.body());
    Iterator iterator = Iterator.of(request.path("ShardIterator").asText());
    long age = options.clock.millis() - iterator.issuedMillis();
    if (iterator.pages() >= options.iteratorPages || age > options.iteratorLife.toMillis()) {
      throw StreamError.expiredIterator();
    }
    VirtualStream.Page page =
        stream(call, iterator.arn(), upstream)
            .page(iterator.shardId(), iterator.position(), request.path("Limit").asInt(1000));
    ObjectNode answer = Json.object();
    ArrayNode records = answer.putArray("Records");
    page.records().forEach(records::add);
    page.next()
        .map(position -> iterator.next(position, options.clock.millis()))
        .ifPresent(next -> answer.put("NextShardIterator", next.token()));
    return new Reply.Whole(Json.answer(answer));
  }

  private VirtualStream stream(Call call, String arn, Gateway.Upstream upstream)
      throws IOException, InterruptedException, StreamError {
    String authorization =
        call.headers().getOrDefault("Authorization", List.of("")).stream().findFirst().orElse("");
    Matcher credential = CREDENTIAL.matcher(authorization);
    // Each access key may have a database of its own, and the same table in it.
    String key = (credential.find() ? credential.group(1).split("/")[0] : "") + " " + arn;
    VirtualStream stream = streams.get(key);
    if (stream == null) {
      VirtualStream made =
          new VirtualStream(key, new RealStream(arn, authorization, upstream), options);
      stream = streams.merge(key, made, (first, second) -> first);
    }
    return stream;
  }

  private interface Order<T> {
    T carryOut() throws IOException, InterruptedException, StreamError;
  }

  private interface StreamOrder {
    void carryOut(VirtualStream stream) throws IOException, InterruptedException, StreamError;
  }

  private void told(String shardId, StreamOrder order) {
    VirtualStream stream =
        streams.values().stream()
            .filter(candidate -> candidate.holds(shardId))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no such shard: " + shardId));
    told(
        () -> {
          order.carryOut(stream);
          return stream;
        });
  }

  private static <T> T told(Order<T> order) {
    try {
      return order.carryOut();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (StreamError e) {
      throw new IllegalStateException(new String(e.answer().body(), StandardCharsets.UTF_8), e);
    }
  }

  /**
   * What a ShardIterator says.
   *
   * @param position index of the next record in the shard
   * @param issuedMillis when it was given out
   * @param pages how many pages were read on from GetShardIterator's
   */
  private record Iterator(String arn, String shardId, int position, long issuedMillis, int pages) {
    String token() {
      String text = "%s|%d|%d|%d".formatted(shardId, position, issuedMillis, pages);
      return arn
          + "|"
          + Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    Iterator next(int nextPosition, long nowMillis) {
      return new Iterator(arn, shardId, nextPosition, nowMillis, pages + 1);
    }

    static Iterator of(String token) throws StreamError {
      int bar = token.lastIndexOf('|');
      try {
        String text =
            new String(
                Base64.getUrlDecoder().decode(token.substring(bar + 1)), StandardCharsets.UTF_8);
        String[] parts = text.split("\\|");
        return new Iterator(
            token.substring(0, bar),
            parts[0],
            Integer.parseInt(parts[1]),
            Long.parseLong(parts[2]),
            Integer.parseInt(parts[3]));
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw StreamError.invalid("Invalid ShardIterator");
      }
    }
  }
}
