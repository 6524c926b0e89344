package io.nimoshake.core.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FaultTest {
  @Test
  void anUnknownErrorIsRetriedAndFailsItsTableInTheEnd() {
    Fault.Unknown unknown = new Fault.Unknown("write to shop.orders: code 424242", null);
    assertTrue(unknown.isRetryable());
    assertEquals("unknown", unknown.kind());

    Fault.TableFailed failed = unknown.toTableFailed(Duration.ofMinutes(10));

    assertFalse(failed.isRetryable());
    assertSame(unknown, failed.getCause());
    assertEquals(
        "write to shop.orders: code 424242 (an unknown error that did not pass in 600 s; see"
            + " retry.unknown)",
        failed.getMessage());
  }
}
