package io.nimoshake.app.sync;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import io.nimoshake.app.ChildProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Taken over by the program. */
class TakeoverTest extends TakeoverScenarios {
  @Override
  String runUntilEqual(GoSync go, Path conf) throws Exception {
    Process process = ChildProgram.start(dir, Map.of(), "-conf=" + conf);
    try {
      await()
          .atMost(ServersFixture.LIMIT)
          .failFast(() -> assertTrue(process.isAlive(), log()))
          .untilAsserted(() -> assertEquals(List.of(), go.differences()));
      process.destroy();
      assertTrue(process.waitFor(ServersFixture.LIMIT.toSeconds(), TimeUnit.SECONDS));
      assertEquals(0, process.exitValue(), log());
    } finally {
      process.destroyForcibly().waitFor();
    }
    return log();
  }

  private String log() throws Exception {
    return Files.readString(dir.resolve("out"));
  }

  @Override
  void assertRefused(String message, Path conf) throws Exception {
    ServersFixture.assertRefused(2, message, ChildProgram.run(dir, Map.of(), "-conf=" + conf));
  }

  /** Files are looked for in the program's own directory, which a job has not. */
  @Test
  void whatWouldDoHarmIsRefused() throws Exception {
    GoSync go = new GoSync(SERVERS, "takenot");
    go.writeTarget(2, 3, id -> true);
    MongoDatabase checkpoint = SERVERS.mongo().getDatabase("takenot-checkpoint");
    GoSync.writeToMongo(
        checkpoint,
        "incr_sync",
        go.checkpoint(2, "in processing", "AT_SEQUENCE_NUMBER", go.sequenceNumber(2, 2), ""));
    // Where the Go tool keeps it if nothing is said.
    GoSync.writeToFiles(dir.resolve("checkpoint"), "incr_sync");
    assertRefused("set checkpoint.type = file to continue from it", conf("takenot"));
    Files.delete(dir.resolve("checkpoint").resolve("status_table"));
    assertRefused("sync_mode = full would end that sync", conf("takenot", "sync_mode = full"));
    assertEquals(1, checkpoint.getCollection("orders").countDocuments());
    assertEquals(
        1, checkpoint.getCollection("orders").countDocuments(Filters.exists("Kind", false)));
  }
}
