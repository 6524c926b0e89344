package io.nimoshake.app.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Syncs of the Go tool are gone on with, from checkpoints written by hand as it writes them. */
abstract class TakeoverScenarios {
  @RegisterExtension static final ServersFixture SERVERS = new ServersFixture();

  @TempDir Path dir;

  /** In the middle of the second shard; of the third, the Go tool did not know yet. */
  @Test
  void goesOnAtASequenceNumberInMongo() throws Exception {
    GoSync go = new GoSync(SERVERS, "takeat");
    // The fifth record of the second shard is item-9, which may be written once more.
    Set<String> untouched = items(0, 9, 17, 40);
    go.writeTarget(1, 5, untouched::contains);
    MongoDatabase checkpoint = SERVERS.mongo().getDatabase("takeat-checkpoint");
    GoSync.writeToMongo(
        checkpoint,
        "incr_sync",
        go.checkpoint(0, "done", "AT_SEQUENCE_NUMBER", go.sequenceNumber(0, 4), ""),
        go.checkpoint(1, "in processing", "AT_SEQUENCE_NUMBER", go.sequenceNumber(1, 4), ""));

    String log = runUntilEqual(go, "takeat", "convert.type = mchange");

    assertTrue(
        log.contains(
            "table orders: continues from the Go tool\'s checkpoint; shards: 2, not finished: 1"),
        log);
    assertEquals(untouched, go.marked());
    assertTrue(
        go.collection.find(Filters.eq("id", "item-100")).first().get("_id") instanceof ObjectId);
    assertTrue(go.collection.find(Filters.eq("id", "item-100")).first().get("n") instanceof Double);
    assertEquals(
        Set.of("done", "in processing"),
        new TreeSet<>(
            checkpoint
                .getCollection("orders")
                .distinct("Status", String.class)
                .into(new ArrayList<>())));
    assertEquals(
        0, checkpoint.getCollection("orders").countDocuments(Filters.exists("Kind", false)));
    assertFalse(log.contains("convert.type is not set"), log);

    // And again, from our own checkpoint.
    go.source.putItem(put -> put.tableName("orders").item(ServersFixture.item(200)));
    log = runUntilEqual(go, "takeat", "convert.type = mchange");
    assertFalse(log.contains("Go tool's checkpoint"), log);
    assertEquals(untouched, go.marked());
  }

  /** Shards that were not begun; and files in the place of documents. */
  @Test
  void goesOnWithShardsThatWaitInFiles() throws Exception {
    GoSync go = new GoSync(SERVERS, "takefile");
    Set<String> untouched = items(0, 5, 17, 40);
    go.writeTarget(1, 0, untouched::contains);
    Path files = dir.resolve("ckpt");
    GoSync.writeToFiles(
        files,
        "incr_sync",
        go.checkpoint(0, "done", "AT_SEQUENCE_NUMBER", "", ""),
        go.checkpoint(1, "prepare stage", "TRIM_HORIZON", go.sequenceNumber(1, 0), ""),
        go.checkpoint(2, "wait father finish", "TRIM_HORIZON", go.sequenceNumber(2, 0), ""));

    String log =
        runUntilEqual(go, "takefile", "checkpoint.type = file", "checkpoint.address = " + files);

    assertTrue(log.contains("shards: 3, not finished: 2"), log);
    assertTrue(log.contains("convert.type is not set"), log);
    assertEquals(untouched, go.marked());
    assertTrue(Files.exists(files.resolve("takefile.checkpoint.json")));
    assertFalse(Files.exists(files.resolve("status_table")));
    String back = Files.readString(files.resolve("takefile.go-tool").resolve("orders"));
    assertEquals(3, back.lines().count(), back);
    assertEquals(2, back.lines().filter(line -> line.contains("\"done\"")).count(), back);
  }

  /** As it is between the end of the Go tool's copy and its first record. */
  @Test
  void goesOnWhereTheCopyHadJustEnded() throws Exception {
    GoSync go = new GoSync(SERVERS, "takelatest");
    Set<String> untouched = items(0, 5, 17, 40);
    go.writeTarget(1, 0, untouched::contains);
    GoSync.writeToMongo(
        SERVERS.mongo().getDatabase("takelatest-checkpoint"),
        "incr_sync",
        go.checkpoint(0, "no need to process", "AT_SEQUENCE_NUMBER", "", ""),
        go.checkpoint(
            1, "prepare stage", "LATEST", go.sequenceNumber(1, 0), "see sequence number"));

    String log = runUntilEqual(go, "takelatest", "convert.type = mchange");

    assertTrue(log.contains("shards: 2, not finished: 1"), log);
    assertEquals(untouched, go.marked());
  }

  @Test
  void copiesAgainWhereTheCopyNeverEnded() throws Exception {
    GoSync go = new GoSync(SERVERS, "takeanew");
    go.writeTarget(0, 0, id -> true);
    MongoDatabase checkpoint = SERVERS.mongo().getDatabase("takeanew-checkpoint");
    GoSync.writeToMongo(
        checkpoint, "full_sync", go.checkpoint(1, "prepare stage", "LATEST", "1", ""));
    assertRefused("its copy did not finish", conf("takeanew", "sync_mode = incr"));
    assertEquals(1, checkpoint.getCollection("orders").countDocuments());

    String log = runUntilEqual(go, "takeanew", "target.db.exist = drop");

    assertTrue(
        log.contains(
            "the Go tool's checkpoint says that its copy did not finish: it is copied again; the"
                + " collection is dropped first"),
        log);
    assertEquals(Set.of(), go.marked());
  }

  @Test
  void copiesOneTableAgainWhoseShardsWereNeverBegun() throws Exception {
    GoSync go = new GoSync(SERVERS, "takeempty");
    go.writeTarget(0, 0, id -> false);
    Document abnormal = go.checkpoint(1, "prepare stage", "LATEST", go.sequenceNumber(1, 0), "");
    GoSync.writeToMongo(SERVERS.mongo().getDatabase("takeempty-checkpoint"), "incr_sync", abnormal);
    assertRefused("must be copied again", conf("takeempty", "on_gap = fail"));

    String log = runUntilEqual(go, "takeempty");

    assertTrue(log.contains("says that the copy did not finish: it is copied again into"), log);
    assertTrue(log.contains("were deleted in the meantime stay"), log);
  }

  private static Set<String> items(int... fromTo) {
    Set<String> ids = new TreeSet<>();
    for (int i = 0; i < fromTo.length; i += 2) {
      IntStream.range(fromTo[i], fromTo[i + 1]).forEach(n -> ids.add("item-" + n));
    }
    return ids;
  }

  /** Starts a sync, waits until the sides are equal, and stops it; its log. */
  abstract String runUntilEqual(GoSync go, Path conf) throws Exception;

  /** Starts a sync, which ends at once and says why. */
  abstract void assertRefused(String message, Path conf) throws Exception;

  private String runUntilEqual(GoSync go, String id, String... more) throws Exception {
    return runUntilEqual(go, conf(id, more));
  }

  Path conf(String id, String... more) throws Exception {
    return SERVERS.conf(dir, id, more);
  }
}
