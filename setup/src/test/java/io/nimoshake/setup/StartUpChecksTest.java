package io.nimoshake.setup;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Sleeper;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.mongodb.preview.MongoProbe.ServerFacts;
import io.nimoshake.setup.config.Configuration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartUpChecksTest {
  private static final ServerFacts OLD = new ServerFacts("4.4.29", true, false);
  private static final ServerFacts NEW = new ServerFacts("5.0.0", true, true);

  @TempDir Path directory;

  @Test
  void aServerThatCannotRenameShardedCollectionsIsRefusedWhereASyncWouldRename() throws Exception {
    String cannot =
        "target.mongodb.type = sharding: MongoDB 4.4.29 cannot rename a sharded collection: set"
            + " on_gap = fail";
    assertEquals(
        Optional.of(cannot + ", or use MongoDB 5.0 or later"),
        StartUpChecks.cannotRename(options("on_gap=resync"), OLD));
    assertEquals(
        Optional.of(cannot + " and target.db.exist = drop, or use MongoDB 5.0 or later"),
        StartUpChecks.cannotRename(options("on_gap=fail", "target.db.exist=rename"), OLD));
    assertEquals(
        Optional.empty(),
        StartUpChecks.cannotRename(options("on_gap=fail", "target.db.exist=drop"), OLD));
    assertEquals(
        Optional.empty(),
        StartUpChecks.cannotRename(options("on_gap=resync", "target.db.exist=rename"), NEW));
  }

  /** The table may be copied already, and other tables are not concerned. */
  @Test
  void aMissingExportDoesNotRefuseTheStart() throws Exception {
    SyncSetup setup =
        setup(
            "source.endpoint_url=http://127.0.0.1:1",
            "full.source=export",
            "export.manifest=" + directory);
    try (StartUp start = new StartUp(Duration.ofMinutes(2), Sleeper.IN_THREAD, Optional.empty());
        DynamoSource source = setup.source(setup.dynamoSettings())) {
      assertThrows(Fault.TableFailed.class, () -> source.requireExport("orders"));
      assertDoesNotThrow(() -> StartUpChecks.copy(start, setup, source, List.of("orders")));
    }
  }

  private static SyncOptions options(String... lines) throws Exception {
    return setup(lines).options();
  }

  private static SyncSetup setup(String... lines) throws Exception {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("target.address=mongodb://127.0.0.1");
    return new SyncSetup(Configuration.load(Optional.empty(), Map.of(), all));
  }
}
