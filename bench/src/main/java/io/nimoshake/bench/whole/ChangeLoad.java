package io.nimoshake.bench.whole;

import io.nimoshake.testkit.canned.CannedMongo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Puts new items at a steady rate. Notes when the source acknowledged each, and when its change
 * reached the target. It makes one call for each change, and at most a hundred calls a second:
 * beyond that rate, a call has several changes.
 */
final class ChangeLoad implements CannedMongo.Listener, AutoCloseable {
  private static final byte[] PREFIX = {'l', 'o', 'a', 'd', '-'};
  private static final int DIGITS = 9;

  /** An update begins with its filter, so the key is in its first bytes. */
  private static final int LOOKED_AT = 64;

  private static final int MOST_CALLS_A_SECOND = 100;
  private static final int CALLERS = 4;

  private final BenchServers servers;
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
  private final AtomicLongArray acknowledged;
  private final AtomicLongArray seen;
  private int sent;

  ChangeLoad(BenchServers servers, int most) {
    this.servers = servers;
    this.acknowledged = new AtomicLongArray(most);
    this.seen = new AtomicLongArray(most);
  }

  /** Starts the load. Call it once. */
  void start(int changesPerSecond) {
    int calls = Math.min(MOST_CALLS_A_SECOND, changesPerSecond);
    int each = changesPerSecond / calls;
    clock.scheduleAtFixedRate(() -> send(each), 0, 1_000_000 / calls, TimeUnit.MICROSECONDS);
  }

  private void send(int count) {
    int first = sent;
    int end = Math.min(acknowledged.length(), first + count);
    sent = end;
    if (end > first) {
      callers.execute(() -> put(first, end));
    }
  }

  private void put(int first, int end) {
    Random random = new Random(first);
    List<WriteRequest> requests = new ArrayList<>();
    for (int i = first; i < end; i++) {
      String id = new String(PREFIX, StandardCharsets.US_ASCII) + digits(i);
      PutRequest put = PutRequest.builder().item(BenchServers.item(id, random)).build();
      requests.add(WriteRequest.builder().putRequest(put).build());
    }
    servers.dynamo.batchWriteItem(r -> r.requestItems(Map.of(BenchServers.TABLE, requests)));
    long now = System.nanoTime();
    for (int i = first; i < end; i++) {
      acknowledged.set(i, now);
    }
  }

  private static String digits(int number) {
    return String.format("%0" + DIGITS + "d", number);
  }

  @Override
  public void written(byte[] bytes, int offset, int length) {
    int end = offset + Math.min(LOOKED_AT, length) - PREFIX.length - DIGITS;
    for (int at = offset; at < end; at++) {
      if (Arrays.equals(bytes, at, at + PREFIX.length, PREFIX, 0, PREFIX.length)) {
        int number = 0;
        for (int i = 0; i < DIGITS; i++) {
          number = number * 10 + bytes[at + PREFIX.length + i] - '0';
        }
        seen.compareAndSet(number, 0, System.nanoTime());
        return;
      }
    }
  }

  /** Stops the load and waits until the source has acknowledged what was sent. */
  void stop() throws InterruptedException {
    clock.shutdownNow();
    clock.awaitTermination(1, TimeUnit.MINUTES);
    callers.shutdown();
    callers.awaitTermination(1, TimeUnit.MINUTES);
  }

  /** Age of the oldest acknowledged change that has not arrived, in ms; 0 if all have arrived. */
  long oldestUnseenMillis() {
    long now = System.nanoTime();
    long oldest = now;
    for (int i = 0; i < acknowledged.length(); i++) {
      long at = acknowledged.get(i);
      if (at != 0 && seen.get(i) == 0) {
        oldest = Math.min(oldest, at);
      }
    }
    return TimeUnit.NANOSECONDS.toMillis(now - oldest);
  }

  /** The number of acknowledged changes. */
  int count() {
    return (int) numbers().count();
  }

  /** For each change that arrived, the time from its acknowledgement to its arrival, at least 0. */
  List<Double> lagMillis() {
    return numbers()
        .filter(i -> seen.get(i) != 0)
        .mapToObj(i -> Math.max(0, seen.get(i) - acknowledged.get(i)) / 1e6)
        .toList();
  }

  private IntStream numbers() {
    return IntStream.range(0, acknowledged.length()).filter(i -> acknowledged.get(i) != 0);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    callers.shutdownNow();
  }
}
