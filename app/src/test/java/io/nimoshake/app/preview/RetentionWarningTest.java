package io.nimoshake.app.preview;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.preview.RetentionWarning.Waits;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetentionWarningTest {
  @Test
  void aLongCopyIsAProblemOnlyForAStreamThatWaits() {
    for (Waits waits : Waits.values()) {
      assertEquals(Optional.empty(), RetentionWarning.of(Duration.ofHours(18), waits));
      assertEquals(
          waits != Waits.NOT, RetentionWarning.of(Duration.ofHours(19), waits).isPresent());
    }
  }

  @Test
  void theAdviceFitsTheReason() {
    Duration copy = Duration.ofHours(30);
    assertTrue(
        RetentionWarning.of(copy, Waits.AS_CONFIGURED)
            .orElseThrow()
            .endsWith("use an empty target and incr_sync_parallel = true"));
    // An empty target does not help: the stream waits there, too.
    assertTrue(
        RetentionWarning.of(copy, Waits.FOR_THE_TARGET)
            .orElseThrow()
            .endsWith("raise full.read.concurrency, full.document.concurrency and qps.full"));
  }
}
