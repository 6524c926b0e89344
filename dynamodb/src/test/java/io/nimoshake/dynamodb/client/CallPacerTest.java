package io.nimoshake.dynamodb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallPacerTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECOND / 2);

  @Test
  void noWindowHoldsMoreCallsThanAllowed() {
    CallPacer pacer = new CallPacer(10, Duration.ofSeconds(1), now::get);
    List<Long> begun = new ArrayList<>();
    for (int i = 0; i < 35; i++) {
      begun.add(pacer.reserve());
      now.addAndGet(SECOND / 100);
    }
    for (int i = 10; i < begun.size(); i++) {
      assertTrue(begun.get(i) - begun.get(i - 10) >= SECOND, "call " + i);
    }
  }

  @Test
  void whoComesRarelyDoesNotWait() {
    CallPacer pacer = new CallPacer(10, Duration.ofSeconds(1), now::get);
    for (int i = 0; i < 50; i++) {
      assertEquals(now.get(), pacer.reserve());
      now.addAndGet(SECOND / 10);
    }
  }

  @Test
  void anInterruptEndsTheWait() {
    CallPacer pacer = new CallPacer(1, Duration.ofHours(1));
    pacer.await();
    Thread.currentThread().interrupt();

    pacer.await();

    assertTrue(Thread.interrupted());
  }
}
