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
 * New items at a steady rate, and when each was acknowledged by the source and when its change came
 * to the target. At 10 a second each is a call of its own, beyond that a hundred calls a second
 * share them.
 */
final class ChangeLoad implements CannedMongo.Listener, AutoCloseable {
  private static final byte[] PREFIX = {'l', 'o', 'a', 'd', '-'};
  private static final int DIGITS = 9;

  /** An update's filter comes first; the key is never further from its beginning. */
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

  /** Begins; only once. */
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

  /** No more changes; those sent are still acknowledged. */
  void stop() throws InterruptedException {
    clock.shutdownNow();
    clock.awaitTermination(1, TimeUnit.MINUTES);
    callers.shutdown();
    callers.awaitTermination(1, TimeUnit.MINUTES);
  }

  /** How long the oldest change that has not come has been acknowledged; 0 if all have come. */
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

  /** Changes that were acknowledged. */
  int count() {
    return (int) numbers().count();
  }

  /** From the acknowledgement of each change to its coming; not if it came before. */
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
