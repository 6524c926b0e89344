package io.nimoshake.dynamodb.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nimoshake.core.fault.Fault;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReadOnceTest {
  private static final long LIMIT_MINUTES = 5;

  private final List<String> reads = new CopyOnWriteArrayList<>();

  @Test
  void aPlaceIsReadOnce() throws Fault {
    ReadOnce<Integer> places = new ReadOnce<>(this::read);
    assertEquals(1, places.at("a"));
    assertEquals(1, places.at("a"));
    assertEquals(2, places.at("b"));
    assertEquals(List.of("a", "b"), reads);
  }

  @Test
  void whatFailedIsReadAgain() throws Fault {
    ReadOnce<Integer> places =
        new ReadOnce<>(
            location -> {
              int number = read(location);
              if (number == 1) {
                throw new Fault.Transient("not now", null);
              }
              return number;
            });
    assertThrows(Fault.Transient.class, () -> places.at("a"));
    assertEquals(2, places.at("a"));
  }

  @Test
  void aPlaceThatDoesNotAnswerKeepsNoOtherWaiting() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    ReadOnce<Integer> places =
        new ReadOnce<>(
            location -> {
              if (location.equals("hangs")) {
                asked.countDown();
                await(answer);
              }
              return read(location);
            });
    CompletableFuture<Integer> hanging = inBackground(places, "hangs");
    await(asked);
    CompletableFuture<Integer> other = inBackground(places, "answers");
    try {
      assertEquals(1, other.get(LIMIT_MINUTES, TimeUnit.MINUTES));
    } finally {
      answer.countDown();
    }
    assertEquals(2, hanging.get(LIMIT_MINUTES, TimeUnit.MINUTES));
  }

  private static CompletableFuture<Integer> inBackground(ReadOnce<Integer> places, String name) {
    CompletableFuture<Integer> read = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                read.complete(places.at(name));
              } catch (Fault e) {
                read.completeExceptionally(e);
              }
            });
    reader.setDaemon(true);
    reader.start();
    return read;
  }

  private int read(String location) {
    reads.add(location);
    return reads.size();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(LIMIT_MINUTES, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
