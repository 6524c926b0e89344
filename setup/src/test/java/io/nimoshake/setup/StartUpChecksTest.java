package io.nimoshake.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.mongodb.preview.MongoProbe.ServerFacts;
import io.nimoshake.setup.config.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StartUpChecksTest {
  private static final ServerFacts OLD = new ServerFacts("4.4.29", true, false);
  private static final ServerFacts NEW = new ServerFacts("5.0.0", true, true);

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

  private static SyncOptions options(String... lines) throws Exception {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("target.address=mongodb://127.0.0.1");
    return new SyncSetup(Configuration.load(Optional.empty(), Map.of(), all)).options();
  }
}
