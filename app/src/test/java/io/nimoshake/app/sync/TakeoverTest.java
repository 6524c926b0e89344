package io.nimoshake.app.sync;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import io.nimoshake.app.ChildProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bson.Document;
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

  @Test
  void planAndCheckLookBeforeItIsTakenOverFromMongo() throws Exception {
    GoSync go = new GoSync(SERVERS, "looksat");
    GoSync.writeToMongo(SERVERS.mongo().getDatabase("looksat-checkpoint"), "incr_sync", shards(go));
    assertLooks(go, conf("looksat", "target.db.exist = drop", "convert.type = mchange"));
    assertEquals(
        2,
        SERVERS
            .mongo()
            .getDatabase("looksat-checkpoint")
            .getCollection("orders")
            .countDocuments(Filters.exists("Kind", false)));
  }

  @Test
  void planAndCheckLookBeforeItIsTakenOverFromFiles() throws Exception {
    GoSync go = new GoSync(SERVERS, "looksin");
    Path files = dir.resolve("files");
    GoSync.writeToFiles(files, "incr_sync", shards(go));
    assertLooks(
        go,
        conf(
            "looksin",
            "target.db.exist = drop",
            "convert.type = mchange",
            "checkpoint.type = file",
            "checkpoint.address = " + files));
    try (Stream<Path> now = Files.list(files)) {
      assertEquals(2, now.count(), "nothing was added");
    }
  }

  private static Document[] shards(GoSync go) {
    go.writeTarget(2, 6, id -> false);
    return new Document[] {
      go.checkpoint(1, "done", "AT_SEQUENCE_NUMBER", go.sequenceNumber(1, 4), ""),
      go.checkpoint(2, "in processing", "AT_SEQUENCE_NUMBER", go.sequenceNumber(2, 5), "")
    };
  }

  private void assertLooks(GoSync go, Path conf) throws Exception {
    ChildProgram plan = ChildProgram.run(dir, Map.of(), "plan", "--conf", conf.toString());
    assertEquals(0, plan.exitCode(), plan.err() + plan.out());
    assertTrue(plan.out().contains("continues from the Go tool's checkpoint; has "), plan.out());
    assertTrue(plan.out().contains("nothing is dropped or renamed"), plan.out());
    assertFalse(plan.out().contains("DROPPED"), plan.out());
    ChildProgram check = ChildProgram.run(dir, Map.of(), "check", "--conf", conf.toString());
    assertEquals("", check.err());
    assertEquals(0, check.exitCode(), check.out());
    assertEquals(List.of(), go.differences());
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
    Files.writeString(dir.resolve("file"), "");
    assertRefused(
        "pid_path: ",
        conf("takenot", "convert.type = mchange", "pid_path = " + dir.resolve("file/below")));
    assertRefused("sync_mode = full would end that sync", conf("takenot", "sync_mode = full"));
    assertEquals(1, checkpoint.getCollection("orders").countDocuments());
    assertEquals(
        1, checkpoint.getCollection("orders").countDocuments(Filters.exists("Kind", false)));
  }
}
