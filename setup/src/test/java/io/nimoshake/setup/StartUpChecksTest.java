package io.nimoshake.setup;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Sleeper;
import io.nimoshake.core.port.Source;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.mongodb.preview.MongoProbe.ServerFacts;
import io.nimoshake.setup.config.Configuration;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
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
        Optional.of(cannot.replace("on_gap", "on_gap.fallback") + ", or use MongoDB 5.0 or later"),
        StartUpChecks.cannotRename(options("on_gap=backfill", "export.bucket=exports"), OLD));
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

  /** Both kinds of answer may lag behind a table that was just created. */
  @Test
  void aNamedTableIsLookedForMoreThanOnce() throws Exception {
    TableFilter filter = setup("filter.collection.white=orders;other").tableFilter();
    try (StartUp start = new StartUp(Duration.ofMinutes(2), waits, Optional.empty())) {
      assertEquals(
          List.of("other", "orders"),
          StartUpChecks.source(start, answers(List.of("other"), false, true), filter));
      assertEquals(List.of(Duration.ofSeconds(2)), slept);
      StartUpException refused =
          assertThrows(
              StartUpException.class,
              () ->
                  StartUpChecks.source(
                      start, answers(List.of("other"), false, false, false), filter));
      assertEquals("the source has no table orders", refused.getMessage());
      assertEquals(3, slept.size(), "it was looked for three times");
    }
  }

  private final List<Duration> slept = new ArrayList<>();

  /** Waits for nothing. */
  private final Sleeper waits =
      new Sleeper() {
        @Override
        public void sleep(Duration duration) {
          slept.add(duration);
        }

        @Override
        public long nanoTime() {
          return 0;
        }

        @Override
        public Instant now() {
          return Instant.EPOCH;
        }

        @Override
        public double random() {
          return 0;
        }
      };

  /**
   * A source that lists these tables.
   *
   * @param exists what it answers, one after the other, when it is asked for another table
   */
  private static Source answers(List<String> tables, Boolean... exists) {
    Iterator<Boolean> answers = List.of(exists).iterator();
    return (Source)
        Proxy.newProxyInstance(
            Source.class.getClassLoader(),
            new Class<?>[] {Source.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("listTables")) {
                return tables;
              } else if (method.getName().equals("describe") && !answers.next()) {
                throw new Fault.TableGone("there is no such table", null);
              }
              return null;
            });
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
