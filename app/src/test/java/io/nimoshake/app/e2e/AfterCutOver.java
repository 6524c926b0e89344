package io.nimoshake.app.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.sync.SyncRun;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.Configuration;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What tests need that begin after a cut-over. */
final class AfterCutOver {
  private AfterCutOver() {}

  static Configuration load(Path conf) throws Exception {
    return Configuration.load(Optional.of(conf), Map.of(), List.of());
  }

  static void copyAndCutOver(Path conf) throws Exception {
    copy(conf);
    cutOver(load(conf));
  }

  static void copy(Path conf) throws Exception {
    try (SyncRun run = SyncRun.start(load(conf))) {
      assertTrue(run.done().get().isSuccess(), () -> run.done().join().toString());
    }
  }

  /** What the command of that name does at its end. */
  static void cutOver(Configuration configuration) throws Exception {
    cutOver(configuration, Direction.BACK, Instant.EPOCH);
  }

  static void cutOver(Configuration configuration, Direction direction, Instant expires)
      throws Exception {
    try (CheckpointStore store = new SyncSetup(configuration).mongoCheckpoints()) {
      Optional<Lease> former = store.lease();
      Lease ours =
          new Lease(former.map(Lease::fence).orElse(0L) + 1, "test", 1, Instant.EPOCH, expires);
      assertTrue(store.replaceLease(former, Optional.of(ours)));
      store.save(
          ours.fence(),
          List.of(new CheckpointEntry.OfDirection(direction, Instant.EPOCH, Optional.empty())));
    }
  }

  /** A line of the dead letter file. */
  static String letter(Shape shape, int number, String direction) {
    return "{\"direction\":\"%s\",\"table\":\"%s\",\"key\":%s}\n"
        .formatted(direction, shape.table, AttributeJson.write(shape.key(number)));
  }
}
